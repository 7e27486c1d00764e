import { describe, expect, test, vi } from "vitest";
import { serialFixture } from "../../test/serial-fixture.ts";
import { answer, vncFixture } from "../../test/vnc-fixture.ts";

const vncs = vncFixture();
const serials = serialFixture();

const CONTROL = 0xffe3;

function canvas(): HTMLCanvasElement {
  const found = vncs.target.querySelector("canvas");
  if (!found) throw new Error("no canvas");
  return found;
}

type Modifiers = Pick<KeyboardEventInit, "ctrlKey" | "altKey" | "shiftKey" | "metaKey">;

function key(target: Element | null, type: "keydown" | "keyup", code: string, modifiers: Modifiers = {}): boolean {
  const name = code.replace(/^Key|(Left|Right)$/g, "");
  const event = { code, key: code.startsWith("Key") ? name.toLowerCase() : name, ...modifiers };
  const keyCode = code.startsWith("Key") ? name.charCodeAt(0) : 0;
  return (
    target?.dispatchEvent(new KeyboardEvent(type, { ...event, keyCode, bubbles: true, cancelable: true })) ?? false
  );
}

describe("keyMap", () => {
  test("exchanges modifiers, and releases keys that macOS does not report the release of", async () => {
    const { vnc, machine } = await vncs.connected({ keyMap: { Meta: "Control" } });
    vnc.focus();
    key(canvas(), "keydown", "MetaLeft", { metaKey: true });
    expect(key(canvas(), "keydown", "KeyC", { metaKey: true })).toBe(false);
    key(canvas(), "keyup", "MetaLeft");
    key(canvas(), "keydown", "KeyA");
    await vi.waitFor(() => expect(machine.keys).toHaveLength(5));
    expect(machine.keys).toEqual([
      [CONTROL, true],
      [0x63, true],
      [0x63, false],
      [CONTROL, false],
      [0x61, true],
    ]);
    await vnc.close();
  });

  test("makes control characters in a terminal", async () => {
    const serial = await serials.connected({ keyMap: { Meta: "Control" } });
    serial.focus();
    const textarea = serials.target.querySelector("textarea");
    key(textarea, "keydown", "MetaLeft", { metaKey: true });
    key(textarea, "keydown", "KeyC", { metaKey: true });
    key(textarea, "keyup", "MetaLeft");
    expect(serials.typed()).toBe("\u0003");
    await serial.close();
  });

  test("leaves the keys that leave the console as they are", async () => {
    const { vnc } = await vncs.connected({ keyMap: { Meta: "Control" }, leaveKeys: ["Shift", "Meta"] });
    const left = vi.fn<() => void>();
    vnc.on("leave", left);
    vnc.focus();
    key(canvas(), "keydown", "ShiftLeft", { shiftKey: true });
    key(canvas(), "keydown", "MetaLeft", { shiftKey: true, metaKey: true });
    key(canvas(), "keyup", "MetaLeft", { shiftKey: true });
    key(canvas(), "keyup", "ShiftLeft");
    await vi.waitFor(() => expect(left).toHaveBeenCalledOnce());
    await vnc.close();
  });

  test("and leaveKeys take modifiers only", () => {
    expect(() => vncs.create({ keyMap: { CapsLock: "Control" } as object })).toThrow(
      'keyMap: expected "Control", "Alt", "Shift" or "Meta", got "CapsLock"',
    );
    expect(() => vncs.create({ leaveKeys: ["F1" as "Alt"] })).toThrow('leaveKeys: expected "Control"');
    expect(() => vncs.create({ leaveKeys: "Alt" as unknown as ["Alt"] })).toThrow(
      'leaveKeys: expected an array of modifier keys, got "Alt"',
    );
  });
});

test("without leaveKeys no keys leave the console", async () => {
  const { vnc } = await vncs.connected({ leaveKeys: [] });
  vnc.focus();
  key(canvas(), "keydown", "ShiftLeft", { ctrlKey: true, altKey: true, shiftKey: true });
  key(canvas(), "keyup", "ShiftLeft");
  await new Promise((resolve) => setTimeout(resolve));
  expect(document.activeElement).toBe(canvas());
  await vnc.close();
});

describe("the keyboard focus after a lost connection", () => {
  /** What has the focus once a console that had it is connected again. */
  const focusedAfter = async (restoreFocus: boolean, meanwhile: () => void = () => {}): Promise<Element | null> => {
    const { vnc } = await vncs.connected({ restoreFocus });
    vnc.focus();
    const socket = vncs.nextSocket();
    vncs.gateway.socket.end(1006);
    expect(document.activeElement).toBe(document.body);
    meanwhile();
    await answer(await socket);
    await vnc.connect();
    const { activeElement } = document;
    await vnc.close();
    return activeElement;
  };

  test("is given back, unless the user has moved it or the page does not want it", async () => {
    expect(await focusedAfter(true)).toBeInstanceOf(HTMLCanvasElement);
    expect(await focusedAfter(false)).toBe(document.body);
    const other = document.createElement("button");
    document.body.append(other);
    expect(await focusedAfter(true, () => other.focus())).toBe(other);
    other.remove();
  });
});

describe("what is dragged over a console", () => {
  const drag = (target: Element, type: string, file: boolean): DragEvent => {
    const dataTransfer = new DataTransfer();
    if (file) dataTransfer.items.add(new File(["x"], "x.html"));
    else dataTransfer.setData("text/uri-list", "https://example.com/");
    const event = new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true, composed: true });
    target.dispatchEvent(event);
    return event;
  };

  test.each([true, false])("is refused, and the page hears of it once for each drag (file: %s)", async (file) => {
    const { vnc } = await vncs.connected();
    const refused = vi.fn<() => void>();
    vnc.on("droprefused", refused);
    const entered = drag(canvas(), "dragenter", file);
    expect(entered.defaultPrevented).toBe(true);
    expect(entered.dataTransfer?.dropEffect).toBe("none");
    expect(drag(canvas(), "dragover", file).defaultPrevented).toBe(true);
    expect(drag(canvas(), "drop", file).defaultPrevented).toBe(true);
    expect(refused).toHaveBeenCalledTimes(1);
    drag(canvas(), "dragenter", file);
    drag(canvas(), "dragleave", file);
    drag(canvas(), "dragover", file);
    expect(refused).toHaveBeenCalledTimes(3);
    await vnc.close();
  });

  test("is refused by a terminal as well", async () => {
    const serial = await serials.connected();
    const refused = vi.fn<() => void>();
    serial.on("droprefused", refused);
    const rows = serials.target.querySelector(".xterm-rows") ?? serials.target;
    expect(drag(rows, "drop", true).defaultPrevented).toBe(true);
    drag(rows, "dragover", true);
    expect(refused).toHaveBeenCalledOnce();
    await serial.close();
  });
});

test("an input method is noticed, and noticed again after other typing", async () => {
  const { vnc } = await vncs.connected();
  const composed = vi.fn<() => void>();
  vnc.on("composition", composed);
  const type = (name: string, keyCode: number): boolean =>
    canvas().dispatchEvent(new KeyboardEvent("keydown", { key: name, code: "KeyA", keyCode, bubbles: true }));
  type("Process", 229);
  type("Process", 229);
  expect(composed).toHaveBeenCalledTimes(1);
  type("a", 65);
  canvas().dispatchEvent(new CompositionEvent("compositionstart", { bubbles: true }));
  expect(composed).toHaveBeenCalledTimes(2);
  await vnc.close();
});

test("canvas and rfb are those of the present connection", async () => {
  const { vnc } = await vncs.connected();
  const before = [vnc.canvas, vnc.rfb];
  expect(before[0]).toBe(canvas());
  expect(before[1]).toHaveProperty("viewOnly", false);
  const socket = vncs.nextSocket();
  vncs.gateway.socket.end(1006);
  expect([vnc.canvas, vnc.rfb]).toEqual([null, null]);
  await answer(await socket);
  await vnc.connect();
  expect(vnc.canvas).toBe(canvas());
  expect(vnc.canvas).not.toBe(before[0]);
  await vnc.close();
  expect(vnc.canvas).toBeNull();
});
