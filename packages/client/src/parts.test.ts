import { tokenSubprotocol } from "@curfew/protocol";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { backoff } from "./backoff.ts";
import type { CloseInfo } from "./close-info.ts";
import { Emitter } from "./emitter.ts";
import { ViewerLoader } from "./load-viewer.ts";
import { Log, redact } from "./log.ts";
import { characterKeys, comboKeys } from "./vnc/keys.ts";

describe("backoff", () => {
  const cause: CloseInfo = { reason: "connection_lost", action: "retry", code: 1006, wasConnected: true };
  const delay = (attempt: number, elapsedMs = 0): number | null => backoff()({ attempt, elapsedMs, cause });

  beforeEach(() => void vi.spyOn(Math, "random").mockReturnValue(1));
  afterEach(() => void vi.restoreAllMocks());

  it("doubles its bound from 500 ms to 15 s, with jitter over all of it", () => {
    expect([2, 3, 4, 5, 6, 7, 8].map((attempt) => delay(attempt))).toEqual([
      500, 1000, 2000, 4000, 8000, 15_000, 15_000,
    ]);
    vi.mocked(Math.random).mockReturnValue(0);
    expect(delay(7)).toBe(0);
  });

  it("gives up after five minutes", () => {
    expect(delay(20, 299_999)).toBe(15_000);
    expect(delay(20, 300_000)).toBeNull();
  });
});

describe("redact", () => {
  it.each([
    ["failed: wss://gateway/ws?token=abc#x !", "failed: wss://gateway/ws?[redacted] !"],
    [`offered ${tokenSubprotocol("abc")},binary`, "offered curfew.token.[redacted],binary"],
    ["/vnc.html?path=&token=abc&x=1", "/vnc.html?path=&token=[redacted]&x=1"],
    ["the secret s3cr3t is out", "the secret [redacted] is out"],
  ])("%j", (text, clean) => {
    expect(redact(text, ["s3cr3t"])).toBe(clean);
  });
});

describe("Log", () => {
  it("hides the secrets of the last four calls, and keeps no more", () => {
    const log = new Log(() => {});
    for (let call = 1; call <= 5; call += 1) log.hide(`secret-${call}`, `another-${call}`, "word");
    expect(log.clean("secret-1 another-1 secret-2 another-2 secret-5 word")).toBe(
      "secret-1 another-1 [redacted] [redacted] [redacted] word",
    );
  });
});

describe("keys", () => {
  it("knows the function keys of the consoles", () => {
    expect(comboKeys("ctrl-alt-f12").map(({ keysym }) => keysym)).toEqual([0xffe3, 0xffe9, 0xffc9]);
    expect(() => comboKeys("ctrl-alt-f13" as never)).toThrow(RangeError);
  });

  it.each([
    ["a", [0x61]],
    ["A", [0xffe1, 0x41]],
    ["?", [0xffe1, 0x3f]],
    ["é", [0xe9]],
    ["€", [0x010020ac]],
    ["😀", [0x0101f600]],
    ["\n", [0xff0d]],
    ["\t", [0xff09]],
  ])("types %j", (character, keysyms) => {
    expect(characterKeys(character).map(({ keysym }) => keysym)).toEqual(keysyms);
  });
});

describe("Emitter", () => {
  it("removes a listener by its function, by once and by signal", () => {
    const emitter = new Emitter<{ tick: number }>();
    const seen: string[] = [];
    const controller = new AbortController();
    const off = emitter.on("tick", (n) => seen.push(`a${n}`));
    emitter.on("tick", (n) => seen.push(`b${n}`), { once: true });
    emitter.on("tick", (n) => seen.push(`c${n}`), { signal: controller.signal });
    emitter.emit("tick", 1);
    off();
    emitter.emit("tick", 2);
    controller.abort();
    emitter.emit("tick", 3);
    emitter.on("tick", () => seen.push("never"), { signal: controller.signal });
    emitter.emit("tick", 4);
    expect(seen).toEqual(["a1", "b1", "c1", "c2"]);
  });
});

describe("loading a viewer", () => {
  beforeEach(() => void vi.useFakeTimers());
  afterEach(() => void vi.useRealTimers());

  it("fails after 10 s, because noVNC's import may never settle", async () => {
    const loader = new ViewerLoader("noVNC", () => new Promise(() => {}));
    await Promise.all([
      expect(loader.load()).rejects.toThrow("noVNC did not load within 10 s"),
      vi.advanceTimersByTimeAsync(10_000),
    ]);
  });

  it("loads once, tries afresh after a failure, and leaves no timer", async () => {
    const load = vi.fn<() => Promise<string>>().mockRejectedValueOnce(new Error("404")).mockResolvedValue("module");
    const loader = new ViewerLoader("xterm.js", load);
    await expect(loader.load()).rejects.toThrow("xterm.js failed to load: 404");
    expect(await loader.load()).toBe("module");
    expect(await loader.load()).toBe("module");
    expect(load).toHaveBeenCalledTimes(2);
    expect(vi.getTimerCount()).toBe(0);
  });
});
