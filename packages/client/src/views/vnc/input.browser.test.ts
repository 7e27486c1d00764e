import { describe, expect, test, vi } from "vitest";
import { vncFixture } from "../../../test/vnc-fixture.ts";

const { target, connected } = vncFixture();

const CONTROL = 0xffe3;

function canvas(): HTMLCanvasElement {
  const found = target.querySelector("canvas");
  if (!found) throw new Error("no canvas");
  return found;
}

function press(key: string, code: string): void {
  canvas().dispatchEvent(new KeyboardEvent("keydown", { key, code, bubbles: true }));
}

describe("what the user holds down", () => {
  test("is released when the focus moves within the page, and is not sent again by the late release", async () => {
    const { vnc, machine } = await connected();
    const other = document.createElement("button");
    target.append(other);
    vnc.focus();
    press("Control", "ControlLeft");
    press("a", "KeyA");
    other.focus();
    await vi.waitFor(() => expect(machine.keys).toHaveLength(4));
    expect(machine.keys).toEqual([
      [CONTROL, true],
      [0x61, true],
      [CONTROL, false],
      [0x61, false],
    ]);
    vnc.focus();
    canvas().dispatchEvent(new KeyboardEvent("keyup", { key: "Control", code: "ControlLeft" }));
    vnc.sendKey(0x62);
    await vi.waitFor(() => expect(machine.keys).toHaveLength(6));
    expect(machine.keys.slice(4).map(([keysym]) => keysym)).toEqual([0x62, 0x62]);
    other.remove();
    await vnc.close();
  });

  test("is released before view only: keys of the user and of the page, and pointer buttons", async () => {
    const { vnc, machine } = await connected();
    vnc.focus();
    press("Control", "ControlLeft");
    vnc.sendKey(0xffe1, "ShiftLeft", true);
    const { left, top } = canvas().getBoundingClientRect();
    const at = { clientX: left + 4, clientY: top + 4, button: 0, bubbles: true };
    canvas().dispatchEvent(new MouseEvent("mousedown", { ...at, buttons: 1 }));
    vnc.viewOnly = true;
    press("x", "KeyX");
    await vi.waitFor(() => expect(machine.keys).toHaveLength(4));
    expect(machine.keys).toEqual([
      [CONTROL, true],
      [0xffe1, true],
      [CONTROL, false],
      [0xffe1, false],
    ]);
    expect(machine.buttons).toEqual([1, 0]);
    document.dispatchEvent(new MouseEvent("mouseup", { ...at, buttons: 0 }));
    await vnc.close();
  });
});

test("the screen can be reached with the keyboard, and shows that it has the focus", async () => {
  const { vnc } = await connected();
  expect(canvas().tabIndex).toBe(0);
  canvas().focus({ focusVisible: true });
  expect(getComputedStyle(canvas()).outlineStyle).not.toBe("none");
  await vnc.close();
});

test("the leave keys take the keyboard out of the screen, and Enter takes it back", async () => {
  const { vnc } = await connected();
  const left = vi.fn<() => void>();
  vnc.on("leave", left);
  vnc.focus();
  const held = { ctrlKey: true, altKey: true, shiftKey: true };
  canvas().dispatchEvent(new KeyboardEvent("keydown", { key: "Shift", code: "ShiftLeft", bubbles: true, ...held }));
  canvas().dispatchEvent(new KeyboardEvent("keyup", { key: "Control", code: "ControlLeft", bubbles: true }));
  await vi.waitFor(() => expect(left).toHaveBeenCalledTimes(1));
  const host = target.querySelector("[data-curfew]");
  expect(document.activeElement).toBe(host);
  // Tab goes on in the page.
  expect(canvas().tabIndex).toBe(-1);
  host?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
  expect(document.activeElement).toBe(canvas());
  expect(canvas().tabIndex).toBe(0);
  await vnc.close();
});

describe("characters that a program types", () => {
  const type = (...keys: [key: string, code: string, shiftKey?: boolean][]): void => {
    for (const [key, code, shiftKey = false] of keys) {
      for (const event of ["keydown", "keyup"]) {
        canvas().dispatchEvent(new KeyboardEvent(event, { key, code, shiftKey, bubbles: true }));
      }
    }
  };

  test("without Shift get it where their key needs it, and others do not", async () => {
    const { vnc, machine } = await connected();
    vnc.focus();
    type(["#", "Digit3"], ["P", "KeyP"], ["#", "Backslash"], ["!", "Digit1", true], ["a", "KeyA"]);
    vnc.sendKey(0xff0d);
    await vi.waitFor(() => expect(machine.keys.at(-1)?.[0]).toBe(0xff0d));
    expect(machine.keys.filter(([, down]) => down).map(([keysym]) => keysym)).toEqual([
      0xffe1, 0x23, 0xffe1, 0x50, 0x23, 0x21, 0x61, 0xff0d,
    ]);
    await vnc.close();
  });
});

describe("a text that is typed", () => {
  test("is stopped by Escape, which the machine does not get, and by Ctrl + C, which it does", async () => {
    const { vnc, machine } = await connected();
    vnc.focus();
    const first = vnc.paste("x".repeat(1_000));
    press("Escape", "Escape");
    expect(await first).toBe(false);
    const second = vnc.paste("y".repeat(1_000));
    press("Control", "ControlLeft");
    canvas().dispatchEvent(new KeyboardEvent("keydown", { key: "c", code: "KeyC", ctrlKey: true, bubbles: true }));
    expect(await second).toBe(false);
    await vi.waitFor(() => expect(machine.keys.at(-1)).toEqual([0x63, true]));
    expect(machine.keys.some(([keysym]) => keysym === 0xff1b)).toBe(false);
    await vnc.close();
  });

  test("presses the keys of the machine's own layout, if the page knows it", async () => {
    const { vnc, machine } = await connected();
    expect(await vnc.paste("yz", { layout: "de" })).toBe(true);
    await vi.waitFor(() => expect(machine.keys).toHaveLength(4));
    expect(machine.keys.filter(([, down]) => down).map(([keysym]) => keysym)).toEqual([0x7a, 0x79]);
    await vnc.close();
  });

  test("is limited to the keys of a US keyboard by QEMU, which says what its Caps Lock is", async () => {
    const { vnc, machine } = await connected({}, "QEMU (web-03)");
    await expect(vnc.paste("grüße 你")).rejects.toMatchObject({ characters: ["ü", "ß", "你"] });
    machine.capsLock(true);
    expect(await vnc.paste("sB\n")).toBe(true);
    await vi.waitFor(() => expect(machine.keys.at(-1)).toEqual([0xff0d, false]));
    // The fake hears the lower 16 bits only.
    expect(machine.keys.filter(([, down]) => down).map(([keysym]) => keysym)).toEqual([0xffe1, 0x53, 0x62, 0xff0d]);
    await vnc.close();
  });
});
