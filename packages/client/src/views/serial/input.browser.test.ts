import { describe, expect, test, vi } from "vitest";
import { serialFixture, shows } from "../../../test/serial-fixture.ts";
import type { SerialOptions } from "./options.ts";

const { gateway, target, connected, nextSocket, print, typed } = serialFixture();
const BRACKETED = "\u001B[?2004h";

/** A paste as the keyboard causes one; whether the browser may still do with it what it would by itself. */
function pasteByKeyboard(text: string, type = "text/plain"): boolean | undefined {
  const clipboardData = new DataTransfer();
  clipboardData.setData(type, text);
  const event = new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true });
  return target.querySelector("textarea")?.dispatchEvent(event);
}

/** Resolves as soon as something was sent. */
const firstSent = (): Promise<unknown> =>
  new Promise((resolve) => {
    gateway.socket.onsent = resolve;
  });

/** Presses a key in the terminal. Returns whether the browser may still do what it would by itself. */
function press(key: string, keyCode: number, more: KeyboardEventInit = {}): boolean | undefined {
  const init = { key, code: key, keyCode, bubbles: true, cancelable: true, ...more };
  return target.querySelector("textarea")?.dispatchEvent(new KeyboardEvent("keydown", init));
}

const pressEnter = (): boolean | undefined => press("Enter", 13);

describe("typing into a serial console", () => {
  test.each([
    ["cr", "\r"],
    ["lf", "\n"],
    ["crlf", "\r\n"],
  ] as const)("sends Enter, and the line breaks of a paste, as %s", async (lineEnding, sent) => {
    const serial = await connected({ lineEnding });
    pressEnter();
    expect(typed()).toBe(sent);
    expect(await serial.paste("a\nb\r\nc\rd")).toBe(true);
    expect(typed()).toBe(`${sent}a${sent}b${sent}c${sent}d`);
    serial.lineEnding = "cr";
    pressEnter();
    expect(typed().endsWith("\r")).toBe(true);
    await serial.close();
  });

  test("shows what is typed where the machine does not, with Enter and Backspace as a machine would", async () => {
    const serial = await connected({ localEcho: true });
    await serial.paste("AX\u007FT\nB");
    serial.sendKey("ArrowLeft");
    expect(typed()).toBe("AX\u007FT\rB\u001B[D");
    await shows(serial, "AT\nB");
    serial.localEcho = false;
    await serial.paste("hidden");
    serial.localEcho = true;
    await serial.paste("!");
    await shows(serial, "AT\nB!");
    await serial.close();
  });

  test("sends what write() is given as it is", async () => {
    const serial = await connected({ lineEnding: "crlf" });
    serial.write("AT\r");
    expect(typed()).toBe("AT\r");
    await serial.close();
  });

  test("sends cursor keys in the mode that the machine's program asked for", async () => {
    const serial = await connected();
    serial.sendKey("ArrowUp");
    serial.sendKey("End");
    expect(typed()).toBe("\u001B[A\u001B[F");
    await print(serial, "\u001B[?1hfull", "full");
    serial.sendKey("ArrowLeft");
    serial.sendKey("Home");
    expect(typed()).toBe("\u001B[A\u001B[F\u001BOD\u001BOH");
    serial.viewOnly = true;
    serial.sendKey("ArrowUp");
    expect(typed()).toHaveLength(12);
    expect(() => serial.sendKey("F13" as never)).toThrow(/^key: expected .*"F12", got "F13"$/);
    await serial.close();
  });

  test("adds the modifiers that are held to keys and to what is typed", async () => {
    const serial = await connected();
    serial.heldModifiers = ["Control"];
    serial.sendKey("ArrowUp");
    serial.terminal?.input("c");
    serial.heldModifiers = ["Control", "Alt"];
    serial.terminal?.input("c");
    serial.heldModifiers = [];
    serial.terminal?.input("c");
    serial.sendKey("F5", ["Shift"]);
    expect(typed()).toBe("\u001B[1;5A\u0003\u001B\u0003c\u001B[15;2~");
    expect(() => (serial.heldModifiers = ["Meta" as never])).toThrow(/^heldModifiers: expected .*got "Meta"$/);
    await serial.close();
  });

  test("sends Backspace as the machine expects it", async () => {
    const serial = await connected({ backspace: "bs" });
    press("Backspace", 8);
    serial.backspace = "del";
    press("Backspace", 8);
    expect(typed()).toBe("\b\u007F");
    await serial.close();
  });

  test("encodes and decodes the line's characters", async () => {
    const serial = await connected({ encoding: "cp437" });
    serial.write("é║");
    expect(gateway.socket.sent).toEqual([Uint8Array.of(0x82, 0xba)]);
    gateway.socket.deliver(Uint8Array.of(0xc9, 0xcd, 0xbb, 0x0d, 0x0a));
    serial.encoding = "latin1";
    gateway.socket.deliver(Uint8Array.of(0xfc));
    await shows(serial, "╔═╗\nü");
    await serial.close();
  });

  test("answers a telnet server, and keeps its negotiation off the screen and out of the events", async () => {
    const serial = await connected({ encoding: "latin1" });
    const output: number[] = [];
    serial.on("output", ({ data }) => output.push(...data));
    // WILL ECHO, WILL SUPPRESS GO AHEAD, DO TERMINAL TYPE, cut in two.
    gateway.socket.deliver(Uint8Array.of(255, 251, 1, 255));
    gateway.socket.deliver(Uint8Array.of(251, 3, 255, 253, 24, 0x68, 0x69));
    await shows(serial, "hi");
    expect(serial.transcript()).toBe("hi");
    expect(output).toEqual([0x68, 0x69]);
    serial.write("ÿ");
    expect(gateway.socket.sent.flatMap((data) => [...(data as Uint8Array)])).toEqual([
      255, 253, 1, 255, 253, 3, 255, 252, 24, 255, 255,
    ]);
    await serial.close();
  });

  test("reports what it sends and receives, for a recording", async () => {
    const serial = await connected();
    const seen: string[] = [];
    const text = (data: Uint8Array): string => new TextDecoder().decode(data);
    serial.on("output", ({ data }) => seen.push(`o ${text(data)}`));
    serial.on("input", ({ data }) => seen.push(`i ${text(data)}`));
    await print(serial, "login: ", "login:");
    serial.write("häns\r");
    expect(seen).toEqual(["o login: ", "i häns\r"]);
    expect(serial.transcript()).toBe("login:");
    await serial.close();
  });

  test("copies with Ctrl + Shift + C instead of opening the browser's tools, and on selection if asked to", async () => {
    const writeText = vi.spyOn(navigator.clipboard, "writeText").mockResolvedValue();
    const serial = await connected();
    await print(serial, "copy me");
    const keys = { code: "KeyC", ctrlKey: true, shiftKey: true };
    serial.selectAll();
    expect(press("C", 67, keys)).toBe(false);
    expect(writeText).toHaveBeenCalledExactlyOnceWith(serial.selection);
    expect(typed()).toBe("");
    target.querySelector(".xterm")?.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
    serial.copyOnSelect = true;
    target.querySelector(".xterm")?.dispatchEvent(new MouseEvent("mouseup", { bubbles: true }));
    await vi.waitFor(() => expect(writeText).toHaveBeenCalledTimes(2));
    writeText.mockRestore();
    await serial.close();
  });

  test("is left with Ctrl, Alt and Shift, which the page hears, and Tab goes on in the page", async () => {
    const serial = await connected();
    serial.focus();
    const left = vi.fn<() => void>();
    serial.on("leave", left);
    const textarea = target.querySelector("textarea");
    const held = { ctrlKey: true, altKey: true, shiftKey: true };
    press("Shift", 16, held);
    textarea?.dispatchEvent(new KeyboardEvent("keyup", { key: "Shift", bubbles: true }));
    const host = target.querySelector<HTMLElement>("[data-curfew]");
    await vi.waitFor(() => expect(document.activeElement).toBe(host));
    expect(left).toHaveBeenCalledOnce();
    // With the textarea still in the order of Tab, Tab would lead back.
    expect(textarea?.tabIndex).toBe(-1);
    host?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true, cancelable: true }));
    expect(document.activeElement).toBe(textarea);
    expect(textarea?.tabIndex).toBe(0);
    expect(typed()).toBe("");
    await serial.close();
  });

  test("sends a mouse report as the bytes that it stands for", async () => {
    const serial = await connected();
    await print(serial, "\u001B[?1000hmouse", "mouse");
    const screen = target.querySelector(".xterm-screen");
    const { left, top } = screen?.getBoundingClientRect() ?? { left: 0, top: 0 };
    const at = { clientX: left + 4, clientY: top + 4, button: 0, bubbles: true };
    screen?.dispatchEvent(new MouseEvent("mousedown", at));
    await vi.waitFor(() => expect(gateway.socket.sent).toContainEqual(Uint8Array.of(27, 91, 77, 32, 33, 33)));
    await serial.close();
  });

  test("sends a BREAK where the server takes one, unless it is read-only", async () => {
    const serial = await connected();
    expect(serial.sendBreak(250)).toBe(true);
    expect(gateway.socket.controls).toEqual([{ type: "break", durationMs: 250 }]);
    serial.viewOnly = true;
    expect(serial.sendBreak()).toBe(false);
    expect(gateway.socket.controls).toHaveLength(1);
    await serial.close();
    expect(serial.sendBreak()).toBe(false);
  });
});

describe("pasting into a serial console", () => {
  test("sends line after line, long ones in pieces that split no character", async () => {
    const serial = await connected();
    const long = "👩".repeat(300);
    expect(await serial.paste(`one\ntwo\n${long}`)).toBe(true);
    const pieces = gateway.socket.sent.map((data) => new TextDecoder().decode(data as Uint8Array));
    expect(pieces.filter((piece) => piece !== "")).toEqual(["one\r", "two\r", "👩".repeat(256), "👩".repeat(44)]);
    await serial.close();
  });

  test("puts brackets around it where the machine asked for them, and lets no text end them", async () => {
    const serial = await connected();
    await print(serial, `${BRACKETED}$`, "$");
    expect(await serial.paste("a\u001B[201~b\nc")).toBe(true);
    expect(typed()).toBe("\u001B[200~a\u241B[201~b\rc\u001B[201~");
    await serial.close();
  });

  test("can be aborted, and then closes its brackets", async () => {
    const serial = await connected({ pasteDelayMs: 60_000 });
    await print(serial, `${BRACKETED}$`, "$");
    const abort = new AbortController();
    const pasted = serial.paste("one\ntwo\nthree", { signal: abort.signal });
    await vi.waitFor(() => expect(typed()).toContain("one"));
    abort.abort();
    expect(await pasted).toBe(false);
    expect(typed()).toBe("\u001B[200~one\r\u001B[201~");
    await serial.close();
  });

  test("tells how far it is, and is stopped by Esc, which the machine does not get", async () => {
    const serial = await connected({ pasteDelayMs: 60_000 });
    const told: unknown[] = [];
    serial.on("paste", (progress) => told.push(progress));
    const pasted = serial.paste("one\ntwo");
    const waiting = serial.paste("later");
    await vi.waitFor(() => expect(typed()).toBe("one\r"));
    press("Escape", 27);
    expect(await Promise.all([pasted, waiting])).toEqual([false, false]);
    expect(typed()).toBe("one\r");
    expect(told.slice(0, 3)).toEqual([
      { sent: 0, total: 7, running: true },
      { sent: 4, total: 7, running: true },
      { sent: 4, total: 7, running: false },
    ]);
    expect(serial.cancelPaste()).toBe(false);
    press("Escape", 27);
    expect(typed()).toBe("one\r\u001B");
    await serial.close();
  });

  test("is stopped by Ctrl + C, which the machine gets after the end of the brackets", async () => {
    const serial = await connected({ pasteDelayMs: 60_000 });
    await print(serial, `${BRACKETED}$`, "$");
    const pasted = serial.paste("one\ntwo");
    await vi.waitFor(() => expect(typed()).toContain("one"));
    press("c", 67, { ctrlKey: true });
    expect(await pasted).toBe(false);
    await vi.waitFor(() => expect(typed()).toBe("\u001B[200~one\r\u001B[201~\u0003"));
    await serial.close();
  });

  test("waits while the browser has not sent what it buffers", async () => {
    const serial = await connected({ pasteDelayMs: 0 });
    const { channel } = serial.connection;
    const buffered = vi.spyOn(channel as NonNullable<typeof channel>, "bufferedAmount", "get").mockReturnValue(1e6);
    const pasted = serial.paste("one\ntwo");
    await vi.waitFor(() => expect(buffered.mock.calls.length).toBeGreaterThan(1));
    expect(typed()).toBe("one\r");
    buffered.mockReturnValue(0);
    expect(await pasted).toBe(true);
    await serial.close();
  });

  test("waits for the paste before it", async () => {
    const serial = await connected({ pasteDelayMs: 1 });
    const first = serial.paste("a\nb\nc\n");
    const second = serial.paste("1\n2\n");
    expect(await Promise.all([first, second])).toEqual([true, true]);
    expect(typed()).toBe("a\rb\rc\r1\r2\r");
    await serial.close();
  });

  test("asks before it sends line breaks, from the keyboard too, and only then", async () => {
    const confirmPaste = vi.fn<NonNullable<SerialOptions["confirmPaste"]>>(() => true);
    const serial = await connected({ confirmPaste, pasteDelayMs: 0 });
    expect(await serial.paste("one word")).toBe(true);
    expect(confirmPaste).not.toHaveBeenCalled();
    pasteByKeyboard("ls\nrm -r x\n");
    await vi.waitFor(() => expect(typed()).toBe("one wordls\rrm -r x\r"));
    expect(confirmPaste).toHaveBeenCalledExactlyOnceWith({
      text: "ls\nrm -r x\n",
      lines: 2,
      endsWithBreak: true,
      controls: 0,
      missing: "",
    });
    await serial.close();
  });

  test("leaves a paste without text to the browser, and sends not even brackets for it", async () => {
    const serial = await connected();
    await print(serial, `${BRACKETED}$`, "$");
    expect(pasteByKeyboard("<b>", "text/html")).toBe(true);
    expect(pasteByKeyboard("x")).toBe(false);
    await vi.waitFor(() => expect(typed()).toBe("\u001B[200~x\u001B[201~"));
    await serial.close();
  });

  test.each<[string, NonNullable<SerialOptions["confirmPaste"]>]>([
    ["says no", () => Promise.resolve(false)],
    [
      "fails",
      () => {
        throw new Error("no dialog");
      },
    ],
  ])("sends nothing when the page %s", async (_case, confirmPaste) => {
    const reported = vi.spyOn(globalThis, "reportError").mockImplementation(() => {});
    const serial = await connected({ confirmPaste });
    expect(await serial.paste("a\nb")).toBe(false);
    expect(typed()).toBe("");
    expect(reported).toHaveBeenCalledTimes(_case === "fails" ? 1 : 0);
    reported.mockRestore();
    await serial.close();
  });

  test("does not send to a connection that came while the page asked, nor what a lost one left over", async () => {
    let confirm: (yes: boolean) => void = () => {};
    const confirmPaste = (): Promise<boolean> => new Promise((resolve) => (confirm = resolve));
    const serial = await connected({ confirmPaste, pasteDelayMs: 5 });
    const reconnect = async (): Promise<void> => {
      const socket = nextSocket();
      gateway.socket.end(1006);
      await socket;
      await Promise.resolve();
      gateway.socket.accept();
      gateway.socket.session.hello(60_000);
      await serial.connect();
    };
    const asked = serial.paste("a\nb");
    await reconnect();
    confirm(true);
    expect(await asked).toBe(false);
    const running = serial.paste("1\n2\n3\n4\n5\n6");
    confirm(true);
    await firstSent();
    await reconnect();
    expect(await running).toBe(false);
    expect(typed()).toBe("");
    await serial.close();
  });

  test("sends nothing while read-only, also when it becomes so on the way", async () => {
    const serial = await connected({ viewOnly: true, pasteDelayMs: 1 });
    expect(await serial.paste("x")).toBe(false);
    pasteByKeyboard("x");
    expect(typed()).toBe("");
    serial.viewOnly = false;
    const pasted = serial.paste("1\n2\n3");
    await firstSent();
    serial.viewOnly = true;
    expect(await pasted).toBe(false);
    await serial.close();
    expect(await serial.paste("x")).toBe(false);
  });

  test("refuses options that do not fit", async () => {
    await expect(connected({ lineEnding: "nl" as never })).rejects.toThrow(
      'lineEnding: expected "cr", "lf" or "crlf", got "nl"',
    );
    await expect(connected({ pasteDelayMs: -1 })).rejects.toThrow("pasteDelayMs: expected milliseconds from 0, got -1");
  });
});
