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

  const failing = (times: number) => {
    const load = vi.fn<() => Promise<string>>().mockResolvedValue("module");
    for (let time = 0; time < times; time += 1) load.mockRejectedValueOnce(new Error("404"));
    return load;
  };

  test("is tried once more after a failure", async () => {
    const load = failing(1);
    const loader = new ViewerLoader("xterm.js", load);
    const [module] = await Promise.all([loader.load(), vi.advanceTimersByTimeAsync(500)]);
    expect(module).toBe("module");
    expect(load).toHaveBeenCalledTimes(2);
    expect(vi.getTimerCount()).toBe(0);
  });

  test("fails after the second attempt; then the next one begins afresh, and loads once", async () => {
    const load = failing(2);
    const loader = new ViewerLoader("xterm.js", load);
    await Promise.all([
      expect(loader.load()).rejects.toThrow("xterm.js failed to load: 404"),
      vi.advanceTimersByTimeAsync(500),
    ]);
    expect(await loader.load()).toBe("module");
    expect(await loader.load()).toBe("module");
    expect(load).toHaveBeenCalledTimes(3);
    expect(vi.getTimerCount()).toBe(0);
  });
});
