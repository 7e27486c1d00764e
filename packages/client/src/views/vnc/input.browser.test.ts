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
