import type { ConsoleState } from "@curfew/client";
import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { type Line, watchSilence } from "./serial-silence.ts";

const CONNECTED: ConsoleState = { status: "connected", session: null };

/** A line that the test lets happen something on. */
function createLine(): { line: Line; emit: (type: "state" | "output" | "input") => void } {
  const listeners = new Map<string, (event: never) => void>();
  const line: Line = {
    state: CONNECTED,
    on: (type, listener, { signal }) => {
      listeners.set(type, listener);
      signal.addEventListener("abort", () => listeners.delete(type));
    },
  };
  const emit = (type: string): void => listeners.get(type)?.(CONNECTED as never);
  return { line, emit };
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe("a hint about a silent line", () => {
  test("comes three seconds after the console has opened, once", () => {
    const { line } = createLine();
    const hint = vi.fn<() => void>();
    watchSilence(line, hint, new AbortController().signal);
    vi.advanceTimersByTime(2_999);
    expect(hint).not.toHaveBeenCalled();
    vi.advanceTimersByTime(60_000);
    expect(hint).toHaveBeenCalledOnce();
  });

  test.each(["output", "input"] as const)("does not come after %s, nor after a reconnection then", (type) => {
    const { line, emit } = createLine();
    const hint = vi.fn<() => void>();
    watchSilence(line, hint, new AbortController().signal);
    emit(type);
    emit("state");
    vi.advanceTimersByTime(60_000);
    expect(hint).not.toHaveBeenCalled();
  });

  test("does not come once the session is over", () => {
    const { line } = createLine();
    const hint = vi.fn<() => void>();
    const over = new AbortController();
    watchSilence(line, hint, over.signal);
    over.abort();
    vi.advanceTimersByTime(60_000);
    expect(hint).not.toHaveBeenCalled();
  });
});
