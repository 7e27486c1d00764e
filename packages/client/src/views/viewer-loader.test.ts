import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { ViewerLoader } from "./viewer-loader.ts";

describe("loading a viewer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  test("fails after 10 s, because noVNC's import may never settle", async () => {
    const loader = new ViewerLoader("noVNC", () => new Promise(() => {}));
    await Promise.all([
      expect(loader.load()).rejects.toThrow("noVNC did not load within 10 s"),
      vi.advanceTimersByTimeAsync(10_000),
    ]);
  });

  test("loads once, tries afresh after a failure, and leaves no timer", async () => {
    const load = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error("404")).mockResolvedValue("module");
    const loader = new ViewerLoader("xterm.js", load);
    await expect(loader.load()).rejects.toThrow("xterm.js failed to load: 404");
    expect(await loader.load()).toBe("module");
    expect(await loader.load()).toBe("module");
    expect(load).toHaveBeenCalledTimes(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});
