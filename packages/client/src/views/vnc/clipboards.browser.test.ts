import { afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { vncFixture } from "../../../test/vnc-fixture.ts";

const { connected } = vncFixture();
/** The user's clipboard. */
let text = "";
let refused = false;
const read = vi.spyOn(navigator.clipboard, "readText");
const write = vi.spyOn(navigator.clipboard, "writeText");

beforeEach(() => {
  text = "";
  refused = false;
  const allow = (): void => {
    if (refused) throw new DOMException("no", "NotAllowedError");
  };
  read.mockReset().mockImplementation(async () => {
    allow();
    return text;
  });
  write.mockReset().mockImplementation(async (written) => {
    allow();
    text = written;
  });
});
afterEach(() => (document.activeElement as HTMLElement | null)?.blur());

describe("the clipboards of user and machine", () => {
  test("stay apart unless the page asks for more: the browser is never bothered", async () => {
    const { vnc, machine } = await connected();
    const heard = new Promise((resolve) => vnc.on("clipboard", resolve));
    machine.clipboard("of the machine");
    await heard;
    vnc.focus();
    expect(read).not.toHaveBeenCalled();
    expect(write).not.toHaveBeenCalled();
    await vnc.close();
  });

  test("are copied on demand, both ways", async () => {
    const { vnc, machine } = await connected();
    expect(await vnc.copyClipboard()).toBe(false);
    const heard = new Promise((resolve) => vnc.on("clipboard", resolve));
    machine.clipboard("of the machine");
    await heard;
    expect(await vnc.copyClipboard()).toBe(true);
    expect(text).toBe("of the machine");
    text = "of the user";
    expect(await vnc.pasteClipboard()).toBe(true);
    await vi.waitFor(() => expect(machine.pasted).toEqual(["of the user"]));
    await vnc.close();
    expect(await vnc.copyClipboard()).toBe(false);
  });

  test("stay as they are when the browser refuses, or the console is view-only", async () => {
    const { vnc, machine } = await connected();
    text = "of the user";
    refused = true;
    expect(await vnc.pasteClipboard()).toBe(false);
    read.mockClear();
    vnc.viewOnly = true;
    expect(await vnc.pasteClipboard()).toBe(false);
    await vnc.close();
    expect(await vnc.pasteClipboard()).toBe(false);
    expect(read).not.toHaveBeenCalled();
    expect(machine.pasted).toEqual([]);
  });

  test("take text in one direction only, and not too much, where the options say so", async () => {
    const { vnc, machine } = await connected({ clipboardSync: true, clipboard: "from-machine", maxClipboardBytes: 16 });
    const heard: string[] = [];
    vnc.on("clipboard", ({ text }) => heard.push(text));
    text = "of the user";
    vnc.focus();
    expect(await vnc.pasteClipboard()).toBe(false);
    expect(vnc.setClipboard("typed")).toBe(false);
    expect(read).not.toHaveBeenCalled();
    machine.clipboard("more than the 16 bytes");
    machine.clipboard("of the machine");
    await vi.waitFor(() => expect(text).toBe("of the machine"));
    expect(heard).toEqual(["of the machine"]);

    vnc.clipboard = "to-machine";
    machine.clipboard("not for the user");
    expect(vnc.setClipboard("more than the 16 bytes")).toBe(false);
    expect(vnc.setClipboard("of the user")).toBe(true);
    await vi.waitFor(() => expect(machine.pasted).toEqual(["of the user"]));
    expect(text).toBe("of the machine");
    expect(heard).toEqual(["of the machine"]);
    await vnc.close();
  });

  test("become the same where the page wants that, and no text goes back where it came from", async () => {
    const { vnc, machine } = await connected({ clipboardSync: true });
    machine.clipboard("of the machine");
    await vi.waitFor(() => expect(text).toBe("of the machine"));
    vnc.focus();
    await vi.waitFor(() => expect(read).toHaveBeenCalledTimes(1));
    text = "of the user";
    window.dispatchEvent(new Event("focus"));
    await vi.waitFor(() => expect(machine.pasted).toEqual(["of the user"]));
    write.mockClear();
    machine.clipboard("of the user");
    machine.clipboard("another");
    await vi.waitFor(() => expect(text).toBe("another"));
    expect(write).toHaveBeenCalledTimes(1);
    await vnc.close();
    read.mockClear();
    window.dispatchEvent(new Event("focus"));
    expect(read).not.toHaveBeenCalled();
  });
});
