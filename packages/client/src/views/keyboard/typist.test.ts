import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { anyKeyboard, layoutKeyboard, strokesOf } from "./strokes.ts";
import { Typist, type TypistOwner } from "./typist.ts";

beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  vi.unstubAllGlobals();
  vi.useRealTimers();
});

/** A console that notes what is pressed. */
function setUp(owner: Partial<TypistOwner> = {}) {
  const pressed: number[] = [];
  const progress: string[] = [];
  let connection: object | undefined = {};
  const shown = vi.fn<TypistOwner["shown"]>(() => Promise.resolve());
  const typist = new Typist({
    send: ({ keysym }, down) => void (down && pressed.push(keysym)),
    connection: () => connection,
    capsLock: () => false,
    shown,
    progress: ({ sent, total, running }) => progress.push(`${sent}/${total}${running ? "" : " over"}`),
    ...owner,
  });
  const type = (text: string, options: Parameters<Typist["type"]>[1] = {}): Promise<boolean> =>
    typist.type(strokesOf(text, anyKeyboard), options);
  const lose = (): void => {
    connection = {};
  };
  return { typist, pressed, progress, shown, type, lose };
}

const text = (keysyms: readonly number[]): string => String.fromCodePoint(...keysyms);

describe("typing", () => {
  test("tells how far it is, and waits for the machine's screen every 32 characters", async () => {
    const { type, pressed, progress, shown } = setUp();
    const typing = type("x".repeat(70));
    await vi.advanceTimersByTimeAsync(70 * 15);
    await typing;
    expect(pressed).toHaveLength(70);
    expect(shown).toHaveBeenCalledTimes(2);
    expect([progress[0], progress[35], progress.at(-1)]).toEqual(["0/70", "35/70", "70/70 over"]);
  });

  test("at a pace that was chosen does not wait", async () => {
    const { type, pressed, shown } = setUp();
    const typing = type("x".repeat(70), { delayMs: 5 });
    await vi.advanceTimersByTimeAsync(5 * 35);
    expect(pressed.length).toBeGreaterThan(30);
    expect(pressed.length).toBeLessThan(40);
    await vi.advanceTimersByTimeAsync(5 * 40);
    await typing;
    expect(shown).not.toHaveBeenCalled();
  });

  test("waits for earlier texts", async () => {
    const { type, pressed } = setUp();
    const both = Promise.all([type("abc"), type("def")]);
    await vi.advanceTimersByTimeAsync(1_000);
    await both;
    expect(text(pressed)).toBe("abcdef");
  });

  test("is stopped with all texts that wait, and another one begins afterwards", async () => {
    const { typist, type, pressed } = setUp();
    const both = Promise.all([type("abcdef"), type("never")]);
    await vi.advanceTimersByTimeAsync(20);
    expect(typist.cancel()).toBe(true);
    const after = type("xy");
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await both).toEqual([false, false]);
    expect(await after).toBe(true);
    expect(text(pressed)).toBe("abxy");
    expect(typist.cancel()).toBe(false);
  });

  test("ends with the connection, and does not go on in another one", async () => {
    const { type, pressed, lose } = setUp();
    const typing = type("abcdef");
    await vi.advanceTimersByTimeAsync(20);
    lose();
    await vi.advanceTimersByTimeAsync(1_000);
    expect(await typing).toBe(false);
    expect(text(pressed)).toBe("ab");
  });

  test("follows the machine's Caps Lock while it goes on", async () => {
    let capsLock = false;
    const { typist, pressed } = setUp({ capsLock: () => capsLock });
    const typing = typist.type(strokesOf("aa", layoutKeyboard("us", false)), {});
    await vi.advanceTimersByTimeAsync(1);
    capsLock = true;
    await vi.advanceTimersByTimeAsync(100);
    await typing;
    expect(pressed).toEqual([0x0100_0061, 0xffe1, 0x0100_0041]);
  });

  test("in a hidden tab, whose timers fire once a second, sends at once what is due by then, but not too much", async () => {
    vi.stubGlobal("document", { hidden: true });
    const { setTimeout: timer } = globalThis;
    vi.stubGlobal("setTimeout", (task: () => void, ms: number) => timer(task, Math.ceil(ms / 1000) * 1000));
    const { type, pressed } = setUp();
    const typing = type("x".repeat(100), { delayMs: 10 });
    const counts: number[] = [];
    for (let second = 0; second < 4; second += 1) {
      await vi.waitFor(() => expect(vi.getTimerCount()).toBeGreaterThan(0));
      counts.push(pressed.length);
      await vi.advanceTimersByTimeAsync(1_000);
    }
    await typing;
    expect(counts).toEqual([1, 33, 65, 97]);
    expect(pressed).toHaveLength(100);
  });
});
