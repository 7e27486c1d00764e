import { AttachAddon } from "@xterm/addon-attach";
import { Terminal } from "@xterm/xterm";
import { describe, expect, onTestFinished, test, vi } from "vitest";
import type { FakeWebSocket } from "@curfew/testing/in-page";
import { drawn } from "../../../test/drawn.ts";
import { answer, serialFixture, shows } from "../../../test/serial-fixture.ts";
import { ConsoleConnection } from "../../connection/connection.ts";

const { gateway, target, create, connected, nextSocket } = serialFixture();
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
const typed = (socket: FakeWebSocket): string =>
  socket.sent.map((data) => (typeof data === "string" ? `text:${data}` : new TextDecoder().decode(data))).join("");

describe("the channel, given to AttachAddon as it comes from npm", () => {
  test.each(["curfew.v1", "binary"])("prints and sends bytes on %s, also attached late", async (protocol) => {
    const connection = new ConsoleConnection({
      authorize: () => ({ url: "ws://gateway/ws" }),
      webSocket: gateway.webSocket,
      pingIntervalMs: 0,
      log: () => {},
    });
    const socket = nextSocket();
    const connecting = connection.connect();
    await answer(await socket, protocol);
    await connecting;
    gateway.socket.deliver(bytes("before"));
    const terminal = new Terminal();
    terminal.open(target);
    const { channel } = connection;
    if (!channel) throw new Error("no channel");
    terminal.loadAddon(new AttachAddon(channel));
    gateway.socket.deliver(bytes(" after"));
    if (protocol === "binary") gateway.socket.deliver(" text");
    const expected = protocol === "binary" ? "before after text" : "before after";
    await vi.waitFor(() => expect(terminal.buffer.active.getLine(0)?.translateToString(true)).toBe(expected));
    terminal.input("abcé");
    expect(typed(gateway.socket)).toBe("abcé");
    terminal.dispose();
    await connection.close();
  });
});

describe("SerialConsole", () => {
  test("prints, sends as UTF-8 bytes, and keeps control messages off the screen", async () => {
    const serial = await connected({ pingIntervalMs: 0 });
    gateway.socket.deliver(bytes("login: "));
    gateway.socket.session.send({ type: "expiring", expiresInMs: 30_000 });
    await shows(serial, "login:");
    serial.write("häns\r");
    expect(typed(gateway.socket)).toBe("häns\r");
    expect(serial.transcript()).toBe("login:");
    serial.viewOnly = true;
    serial.write("no");
    expect(await serial.paste("no")).toBe(false);
    expect(typed(gateway.socket)).toBe("häns\r");
    await serial.close();
  });

  test("joins the lines that the terminal wrapped, and keeps the order of scrollback", async () => {
    const serial = await connected();
    const long = "x".repeat(300);
    const lines = Array.from({ length: 100 }, (_, index) => `line ${index}`);
    gateway.socket.deliver(bytes([long, ...lines].join("\r\n")));
    await shows(serial, "line 99");
    expect(serial.transcript()).toBe([long, ...lines].join("\n"));
    await serial.close();
  });

  test("keeps the screen across a reconnection and goes on in it", async () => {
    const serial = await connected();
    gateway.socket.deliver(bytes("one "));
    await shows(serial, "one");
    const host = target.firstElementChild;
    const socket = nextSocket();
    gateway.socket.end(1006);
    expect(serial.state.status).toBe("reconnecting");
    await answer(await socket);
    await serial.connect();
    gateway.socket.deliver(bytes("two"));
    await shows(serial, "one two");
    expect(target.firstElementChild).toBe(host);
    expect(target.querySelectorAll(".xterm")).toHaveLength(1);
    serial.write("x");
    expect(typed(gateway.socket)).toContain("x");
    await serial.close();
  });

  test.each([
    [4100, "session_expired"],
    [4005, "session_terminated"],
    [4007, "idle_timeout"],
    [4003, "forbidden"],
  ])("wipes screen and scrollback at the end (%i %s)", async (code, reason) => {
    const serial = await connected();
    gateway.socket.deliver(bytes("secret\r\n".repeat(200)));
    await shows(serial, "secret");
    const atTheEnd: unknown[] = [];
    serial.on("closed", () => atTheEnd.push(target.innerHTML, serial.transcript()));
    gateway.socket.end(code, reason);
    expect(serial.state).toMatchObject({ status: "closed", cause: { reason } });
    expect(atTheEnd).toEqual(["", ""]);
  });

  test("wipes the screen before it authorizes again", async () => {
    const serial = await connected({ autoRenew: true });
    gateway.socket.deliver(bytes("secret"));
    await shows(serial, "secret");
    const socket = nextSocket();
    gateway.socket.end(4100, "session_expired");
    expect(target.textContent).not.toContain("secret");
    await answer(await socket);
    await serial.connect();
    gateway.socket.deliver(bytes("new"));
    await shows(serial, "new");
    expect(serial.transcript()).toBe("new");
    await serial.close();
  });

  test("wipes the screen when the time is over before the connection is back", async () => {
    const serial = await connected({ reconnect: () => 60_000 }, 400);
    gateway.socket.deliver(bytes("secret"));
    await shows(serial, "secret");
    gateway.socket.end(1006);
    expect(serial.transcript()).toContain("secret");
    await vi.waitFor(() => expect(serial.transcript()).toBe(""));
    expect(serial.state.status).toBe("reconnecting");
    await serial.close();
  });

  /** Loses the connection, and answers the next one. */
  const reconnect = async (serial: Awaited<ReturnType<typeof connected>>): Promise<void> => {
    const socket = nextSocket();
    gateway.socket.end(1006);
    await answer(await socket);
    await serial.connect();
  };

  test("prints nothing of an expired session that was still waiting to be printed", async () => {
    const serial = await connected({ reconnect: () => 60_000 }, 800);
    const title = vi.fn<() => void>();
    serial.on("title", title);
    // Takes xterm.js longer than the session has left.
    gateway.socket.deliver(bytes("secret\r\n".repeat(1_900_000)));
    gateway.socket.deliver(bytes("\u001B]0;secret\u0007"));
    gateway.socket.end(1006);
    await vi.waitFor(() => expect(serial.terminal).toBeNull());
    expect(target.textContent).toBe("");
    const socket = nextSocket();
    const connecting = serial.connect();
    await answer(await socket);
    await connecting;
    gateway.socket.deliver(bytes("new"));
    await shows(serial, "new");
    expect(serial.transcript()).toBe("new");
    expect(title).not.toHaveBeenCalled();
    await serial.close();
  });

  test("prints what an earlier connection left before what the next one brings", async () => {
    const serial = await connected({ scrollback: 10 });
    gateway.socket.deliver(bytes(`${"line\r\n".repeat(300_000)}the end`));
    await reconnect(serial);
    gateway.socket.deliver(bytes(" and the beginning"));
    await shows(serial, "the end and the beginning");
    await serial.close();
  });

  test("begins a connection in the modes that a login expects, and keeps the screen", async () => {
    const serial = await connected();
    gateway.socket.deliver(bytes("before "));
    const modes =
      "\u001B[?1003h\u001B[?1006h\u001B[?1004h\u001B[?2004h\u001B[?1h\u001B=\u001B[4h\u001B[?25l\u001B)0\u000E\u001B[31m";
    gateway.socket.deliver(bytes(`${modes}\u001B[?1049hFULL SCREEN`));
    await shows(serial, "FULL SCREEN");
    await reconnect(serial);
    gateway.socket.deliver(bytes("after lqk"));
    await shows(serial, "before after lqk");
    expect(serial.transcript()).toBe("before after lqk");
    expect(serial.terminal?.modes).toMatchObject({
      mouseTrackingMode: "none",
      sendFocusMode: false,
      bracketedPasteMode: false,
      applicationCursorKeysMode: false,
      applicationKeypadMode: false,
      insertMode: false,
    });
    serial.focus();
    await vi.waitFor(() => expect(target.querySelector(".xterm-cursor")).not.toBeNull());
    await serial.close();
  });

  test.each([
    ["an OSC", "\u001B]0;half"],
    ["a DCS", "\u001BP$q"],
    ["a CSI", "\u001B[3"],
    ["a character", "\u00C3"],
  ])("prints a new connection whole after one that ended within %s", async (_what, unfinished) => {
    const serial = await connected();
    gateway.socket.deliver(bytes("before "));
    gateway.socket.deliver(Uint8Array.from(unfinished, (character) => character.charCodeAt(0)));
    await reconnect(serial);
    gateway.socket.deliver(bytes("after"));
    await shows(serial, "before after");
    await serial.close();
  });

  test("resets the terminal when asked, and keeps the screen", async () => {
    const serial = await connected();
    gateway.socket.deliver(bytes("kept \u001B[?2004h\u001B)0\u000E"));
    await shows(serial, "kept");
    serial.resetTerminal();
    gateway.socket.deliver(bytes("lqk"));
    await shows(serial, "kept lqk");
    expect(serial.terminal?.modes.bracketedPasteMode).toBe(false);
    await serial.close();
  });

  test("leaves the terminal as it is while the element has no size, and fits it when it has one again", async () => {
    const serial = await connected();
    const line = "x".repeat(60);
    gateway.socket.deliver(bytes(line));
    await shows(serial, line);
    const { cols } = serial.terminal ?? {};
    const frame = (): Promise<unknown> => new Promise((resolve) => requestAnimationFrame(resolve));
    target.style.display = "none";
    serial.fontSize = 20;
    await frame();
    await frame();
    expect(serial.terminal?.cols).toBe(cols);
    target.style.display = "";
    await vi.waitFor(() => expect(serial.terminal?.cols).toBeLessThan(cols ?? 0));
    expect(serial.transcript()).toBe(line);
    await serial.close();
  });

  test("warns about an element that is shown without a size", async () => {
    const lines: string[] = [];
    const { height } = target.style;
    target.style.height = "0";
    const serial = await connected({ log: (level, message) => void lines.push(`${level} ${message}`) });
    const warning = "warn the element of the console has no size: give it a width and a height";
    await vi.waitFor(() => expect(lines).toContain(warning));
    target.style.height = height;
    await serial.close();
  });

  test("has a fixed size if the page wants it, over which the element scrolls", async () => {
    const serial = await connected({ size: { cols: 120, rows: 24 } });
    await vi.waitFor(() => expect(serial.terminal).toMatchObject({ cols: 120, rows: 24 }));
    const host = target.querySelector<HTMLElement>("[data-curfew]");
    await vi.waitFor(() => expect(host?.scrollWidth).toBeGreaterThan(target.clientWidth));
    serial.size = "fit";
    await vi.waitFor(() => expect(serial.terminal?.cols).toBeLessThan(120));
    await vi.waitFor(() => expect(host?.scrollWidth).toBe(target.clientWidth));
    const mistake = 'size: expected "fit", or cols from 2 to 1000 and rows from 1 to 1000, got {"cols":0,"rows":24}';
    expect(() => (serial.size = { cols: 0, rows: 24 })).toThrow(mistake);
    await serial.close();
  });

  test("keeps its size while the page covers a part, and moves so that the cursor stays visible", async () => {
    const serial = await connected();
    gateway.socket.deliver(bytes("first"));
    await shows(serial, "first");
    const { rows = 0, cols } = serial.terminal ?? {};
    const cursorTop = (): number => {
      const { top } = target.getBoundingClientRect();
      const line = target.querySelectorAll(".xterm-rows > div")[serial.terminal?.buffer.active.cursorY ?? 0];
      return (line?.getBoundingClientRect().top ?? 0) - top;
    };
    serial.covered = { top: 60, bottom: 40 };
    await vi.waitFor(() => expect(cursorTop()).toBe(60));
    gateway.socket.deliver(bytes("\r\n".repeat(rows - 1)));
    await vi.waitFor(() => expect(cursorTop() + 320 / rows).toBeLessThanOrEqual(280));
    expect(serial.terminal).toMatchObject({ rows, cols });
    serial.covered = { top: 0, bottom: 0 };
    await vi.waitFor(() => expect(cursorTop()).toBeGreaterThan(280));
    expect(() => (serial.covered = { top: -1, bottom: 0 })).toThrow("covered.top: expected pixels from 0, got -1");
    await serial.close();
  });

  test("starts lines at the left margin after a lone line feed if the page wants it", async () => {
    const serial = await connected({ convertEol: true });
    gateway.socket.deliver(bytes("one\ntwo"));
    await shows(serial, "one\ntwo");
    await serial.close();
  });

  test("takes colors and a font, and a title without what changes the direction of text", async () => {
    const titles: string[] = [];
    const serial = await connected({
      theme: { background: "#fdf6e3", foreground: "#073642" },
      fontFamily: "monospace",
    });
    serial.on("title", ({ title }) => titles.push(title));
    gateway.socket.deliver(bytes("\u001B]0;root@vm\u202E\u0007x"));
    await shows(serial, "x");
    expect(titles).toEqual(["root@vm"]);
    expect(target.querySelector<HTMLElement>("[data-curfew]")?.style.background).toBe("rgb(253, 246, 227)");
    expect(serial.terminal?.options.fontFamily).toBe("monospace");
    await serial.close();
  });

  test("wipes the screen when the time is over after the computer slept", async () => {
    const serial = await connected({ reconnect: () => 60_000 });
    gateway.socket.deliver(bytes("secret"));
    await shows(serial, "secret");
    gateway.socket.end(1006);
    expect(serial.transcript()).toContain("secret");
    // The clock of performance.now() has stood still.
    const woken = vi.spyOn(Date, "now").mockReturnValue(Date.now() + 3_600_000);
    void serial.connect().catch(() => {});
    await vi.waitFor(() => expect(serial.transcript()).toBe(""));
    woken.mockRestore();
    await serial.close();
  });

  test("fits the terminal to the element, and follows its size", async () => {
    const sizes: { cols: number; rows: number }[] = [];
    const serial = create();
    serial.on("resize", (size) => sizes.push(size));
    const socket = nextSocket();
    const connecting = serial.connect();
    await answer(await socket);
    await connecting;
    await vi.waitFor(() => expect(sizes.length).toBeGreaterThan(0));
    const before = sizes.at(-1)?.rows ?? 0;
    const fitted = sizes.length;
    // As while a window's edge is dragged: only the last size counts, because each one cuts lines.
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
    onTestFinished(() => void vi.useRealTimers());
    for (const height of [280, 220, 160]) {
      target.style.height = `${height}px`;
      await drawn();
      vi.advanceTimersByTime(100);
    }
    await vi.waitFor(() => expect(sizes.at(-1)?.rows).toBeLessThan(before));
    expect(sizes.length).toBe(fitted + 1);
    target.style.height = "320px";
    await serial.close();
  });

  test("warns when xterm.css is missing", async () => {
    const lines: string[] = [];
    const sheets = [...document.styleSheets].filter((sheet) => !sheet.disabled);
    for (const sheet of sheets) sheet.disabled = true;
    const serial = await connected({ log: (level, message) => void lines.push(`${level} ${message}`) });
    for (const sheet of sheets) sheet.disabled = false;
    expect(lines).toContain("warn xterm.css is missing: import @xterm/xterm/css/xterm.css into the page");
    await serial.close();
  });

  test("opens and closes 20 times and leaves no element behind", async () => {
    const serial = create();
    const styles = document.querySelectorAll("style").length;
    for (let round = 0; round < 20; round += 1) {
      const socket = nextSocket();
      const connecting = serial.connect();
      await answer(await socket);
      await connecting;
      expect(target.querySelectorAll(".xterm")).toHaveLength(1);
      await serial.close();
      expect(target.childElementCount).toBe(0);
    }
    expect(document.querySelectorAll(".xterm")).toHaveLength(0);
    expect(document.querySelectorAll("style")).toHaveLength(styles);
  });
});
