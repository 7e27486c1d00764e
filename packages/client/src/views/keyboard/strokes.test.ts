import { describe, expect, test } from "vitest";
import type { Key } from "../../ui/keysyms.ts";
import { KEYBOARD_LAYOUTS, type KeyboardLayout, layoutKeys } from "./layouts.ts";
import { SCAN_CODES } from "./scan-codes.ts";
import { UntypableError, anyKeyboard, layoutKeyboard, layoutOf, strokesOf } from "./strokes.ts";

const SHIFT = 0xffe1;
const ALT_GR = 0xfe03;
const keysymsOf = (keys: readonly Key[] | undefined): (number | undefined)[] =>
  (keys ?? []).map(({ keysym }) => keysym);
const typed = (text: string, keyboard = anyKeyboard): number[] =>
  strokesOf(text, keyboard).flatMap(({ keys }) => keysymsOf(keys) as number[]);

const ASCII = Array.from({ length: 0x7f - 0x20 }, (_, index) => String.fromCodePoint(0x20 + index));

describe("a server that finds keys by itself receives the keysyms of a keyboard, and Shift where a US one needs it", () => {
  test.each([
    ["a", [0x61]],
    ["A", [SHIFT, 0x41]],
    ["?", [SHIFT, 0x3f]],
    ["é", [0xe9]],
    ["€", [0x20ac]],
    ["ł", [0x1b3]],
    ["я", [0x6d1]],
    ["Σ", [0x7d2]],
    ["ώ", [0x7bb]],
    ["א", [0xce0]],
    ["你", [0x0100_4f60]],
    ["😀", [0x0101_f600]],
    ["\r\n", [0xff0d]],
    ["\t\b\u001B", [0xff09, 0xff08, 0xff1b]],
  ])("%j", (text, keysyms) => {
    expect(typed(text)).toEqual(keysyms);
  });
});

describe("a machine that knows keys only", () => {
  test("is told the characters that cannot be typed, each once, before anything is", () => {
    const type = (): unknown => strokesOf("grüße €5 zyx ü", layoutKeyboard("us", false));
    expect(type).toThrow(UntypableError);
    expect(type).toThrow(expect.objectContaining({ characters: ["ü", "ß", "€"] }));
    expect(() => strokesOf("a\u0000", anyKeyboard)).toThrow(UntypableError);
  });

  test("gets the other letter while its Caps Lock is on, so that the text is the same", () => {
    const strokes = strokesOf("sB_", layoutKeyboard("us", false));
    // Keysyms with the Unicode flag: QEMU presses Caps Lock by itself before the others.
    expect(strokes.map(({ keys }) => keysymsOf(keys))).toEqual([[0x0100_0073], [SHIFT, 0x0100_0042], [SHIFT, 0x5f]]);
    expect(strokes.map(({ underCapsLock }) => keysymsOf(underCapsLock))).toEqual([
      [SHIFT, 0x0100_0053],
      [0x0100_0062],
      [],
    ]);
  });

  test.each<[KeyboardLayout, string, (string | undefined)[]]>([
    ["de", "z", ["KeyY"]],
    ["de", "Ü", ["ShiftLeft", "BracketLeft"]],
    ["de", "@", ["AltRight", "KeyQ"]],
    ["fr", "1", ["ShiftLeft", "Digit1"]],
    ["fr", "m", ["Semicolon"]],
    ["es", "ñ", ["Semicolon"]],
    ["it", "#", ["AltRight", "Quote"]],
    ["gb", "\\", ["IntlBackslash"]],
    ["jp", "\\", ["IntlRo"]],
    ["jp", "@", ["BracketLeft"]],
  ])("with the layout %s types %j with %j", (layout, character, codes) => {
    const [stroke] = strokesOf(character, layoutKeyboard(layout, true));
    expect(stroke?.keys.map(({ code }) => code)).toEqual(codes);
  });

  test("gets the keysym of the key's place on a US keyboard, which QEMU maps back", () => {
    const [stroke] = strokesOf("z", layoutKeyboard("de", true));
    expect(keysymsOf(stroke?.keys)).toEqual([0x0100_0079]);
    expect(typed("@", layoutKeyboard("de", true))).toEqual([ALT_GR, 0x0100_0071]);
  });

  test.each(KEYBOARD_LAYOUTS)("has a key for every ASCII character that %s types without a dead key", (layout) => {
    const keys = layoutKeys(layout);
    const dead: Partial<Record<KeyboardLayout, string>> = { de: "^`", fr: "`~", es: "^`~", it: "`{}~" };
    expect(ASCII.filter((character) => !keys.has(character)).join("")).toBe(dead[layout] ?? "");
    for (const [character, { code }] of keys) expect(SCAN_CODES.has(code), `${character}: ${code}`).toBe(true);
  });
});

test("an unknown layout is refused, and named", () => {
  expect(() => layoutOf({ layout: "dvorak" as never })).toThrow(/layout.*dvorak/);
});
