import { AttachAddon } from "@xterm/addon-attach";
import { Terminal } from "@xterm/xterm";
import { describe, expect, test, vi } from "vitest";
import type { FakeWebSocket } from "@curfew/testing/in-page";
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
    serial.readOnly = true;
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
    await vi.waitFor(() => expect(serial.transcript()).toBe(""), { timeout: 3000 });
    expect(serial.state.status).toBe("reconnecting");
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
    target.style.height = "160px";
    await vi.waitFor(() => expect(sizes.at(-1)?.rows).toBeLessThan(before));
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
