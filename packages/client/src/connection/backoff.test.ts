import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { backoff } from "./backoff.ts";
import type { CloseInfo } from "./model/close-info.ts";

describe("backoff", () => {
  const cause: CloseInfo = { reason: "connection_lost", action: "retry", code: 1006, wasConnected: true };
  const delay = (attempt: number, elapsedMs = 0): number | null => backoff()({ attempt, elapsedMs, cause });

  beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(1));
  afterEach(() => void vi.restoreAllMocks());

  test("doubles its bound from 500 ms to 15 s, with jitter over all of it", () => {
    expect([2, 3, 4, 5, 6, 7, 8].map((attempt) => delay(attempt))).toEqual([
      500, 1000, 2000, 4000, 8000, 15_000, 15_000,
    ]);
    vi.mocked(Math.random).mockReturnValue(0);
    expect(delay(7)).toBe(0);
  });

  test("gives up after five minutes", () => {
    expect(delay(20, 299_999)).toBe(15_000);
    expect(delay(20, 300_000)).toBeNull();
  });
});
