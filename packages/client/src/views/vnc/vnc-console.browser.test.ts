import RFB from "@novnc/novnc";
import { describe, expect, test, vi } from "vitest";
import { COLOR, speakRfb } from "../../../test/fake-vnc.ts";
import { answer, color, vncFixture } from "../../../test/vnc-fixture.ts";
import { ConsoleConnection } from "../../connection/connection.ts";
import type { VncOptions } from "./options.ts";

const { gateway, target, create, connected, nextSocket } = vncFixture();
const canvases = (): number => document.querySelectorAll("canvas").length;

describe("the channel, given to noVNC as it comes from npm", () => {
  test.each(["at once", "250 ms late"])("is accepted and carries the handshake, attached %s", async (when) => {
    const connection = new ConsoleConnection({
      authorize: () => ({ url: "ws://gateway/ws" }),
      webSocket: gateway.webSocket,
      log: () => {},
    });
    const name = new Promise<string>((resolve) => {
      connection.on("channel", (channel) => {
        const attach = (): void =>
          new RFB(target, channel).addEventListener("desktopname", ({ detail }) => resolve(detail.name));
        if (when === "at once") attach();
        else setTimeout(attach, 250);
      });
    });
    const socket = nextSocket();
    const connecting = connection.connect();
    await answer(await socket);
    await connecting;
    expect(await name).toBe("fake");
    await connection.close();
    expect(canvases()).toBe(0);
  });
});

describe("VncConsole", () => {
  test("shows the picture, and is connected only after noVNC's handshake", async () => {
    const vnc = create();
    const socket = nextSocket();
    const connecting = vnc.connect();
    const opened = await socket;
    await Promise.resolve();
    opened.accept();
    opened.session.hello(null);
    expect(vnc.state.status).toBe("connecting");
    speakRfb(opened);
    await connecting;
    await vi.waitFor(async () => expect(await color(vnc)).toEqual([...COLOR]));
    expect(target.querySelector("[data-curfew=vnc] canvas")).not.toBeNull();
    await vnc.close();
  });

  test.each([
    [4100, "session_expired"],
    [4005, "session_terminated"],
    [4007, "idle_timeout"],
  ])("clears the picture at the end (%i %s)", async (code, reason) => {
    const { vnc } = await connected();
    await vi.waitFor(async () => expect(await color(vnc)).toEqual([...COLOR]));
    const canvas = target.querySelector("canvas");
    const atTheEnd: (number | undefined)[] = [];
    vnc.on("closed", () => atTheEnd.push(target.childElementCount, canvas?.width, canvas?.height));
    gateway.socket.session.send({ type: "bye", reason: reason as "session_expired" });
    gateway.socket.end(code, reason);
    expect(vnc.state).toMatchObject({ status: "closed", cause: { reason, code } });
    expect(atTheEnd).toEqual([0, 0, 0]);
    await expect(vnc.screenshot()).rejects.toMatchObject({ code: "not_connected" });
  });

  test("blanks the picture while the connection is lost, and brings it back with the same settings", async () => {
    const { vnc } = await connected({ viewOnly: true });
    const host = target.firstElementChild;
    const socket = nextSocket();
    const lost = new Promise((resolve) => vnc.on("state", () => resolve(canvases()), { once: true }));
    gateway.socket.end(1006);
    expect(await lost).toBe(0);
    const machine = await answer(await socket);
    await vnc.connect();
    expect(target.firstElementChild).toBe(host);
    await vi.waitFor(async () => expect(await color(vnc)).toEqual([...COLOR]));
    vnc.sendKeys("ctrl-alt-del");
    expect(machine.keys).toEqual([]);
    vnc.viewOnly = false;
    vnc.sendKey(0x61);
    await vi.waitFor(() => expect(machine.keys).toHaveLength(2));
    await vnc.close();
  });

  test("sends combinations, typed text with Shift, and the clipboard, both ways", async () => {
    const { vnc, machine } = await connected();
    vnc.sendKeys("ctrl-alt-del");
    await vi.waitFor(() => expect(machine.keys).toHaveLength(6));
    expect(machine.keys.splice(0)).toEqual([
      [0xffe3, true],
      [0xffe9, true],
      [0xffff, true],
      [0xffff, false],
      [0xffe9, false],
      [0xffe3, false],
    ]);
    await vnc.paste("aB\r\n", { delayMs: 1 });
    await vi.waitFor(() => expect(machine.keys).toHaveLength(8));
    expect(machine.keys).toEqual([
      [0x61, true],
      [0x61, false],
      [0xffe1, true],
      [0x42, true],
      [0x42, false],
      [0xffe1, false],
      [0xff0d, true],
      [0xff0d, false],
    ]);
    vnc.setClipboard("copied");
    await vi.waitFor(() => expect(machine.pasted).toEqual(["copied"]));
    const heard = new Promise((resolve) => vnc.on("clipboard", resolve));
    machine.clipboard("from the machine");
    expect(await heard).toEqual({ text: "from the machine" });
    await vnc.close();
  });

  test("asks for the password that the server wants, without hurry", async () => {
    const onCredentialsRequired = vi.fn<NonNullable<VncOptions["onCredentialsRequired"]>>(async () => {
      await new Promise((resolve) => setTimeout(resolve, 400));
      return { password: "open sesame" };
    });
    const vnc = create({ onCredentialsRequired, helloTimeoutMs: 200 });
    const socket = nextSocket();
    const connecting = vnc.connect();
    await answer(await socket, "accepted");
    await connecting;
    expect(onCredentialsRequired).toHaveBeenCalledWith(["password"], {
      signal: expect.any(AbortSignal),
      rejected: false,
    });
    expect(gateway.sockets).toHaveLength(1);
    await vnc.close();
  });

  test.each<[string, Partial<VncOptions>, string]>([
    ["is wrong", { credentials: { password: "x" } }, "the VNC server refused the connection: wrong password"],
    ["is not known", {}, "the VNC server asks for password"],
    [
      "is not given",
      { onCredentialsRequired: () => Promise.reject(new Error("cancelled")) },
      "no credentials were given: the VNC server asks for password",
    ],
  ])("says credentials_rejected when the password %s", async (_case, options, detail) => {
    const vnc = create(options);
    const socket = nextSocket();
    const connecting = vnc.connect();
    void socket.then((opened) => answer(opened, "refused"));
    await expect(connecting).rejects.toMatchObject({
      code: "viewer_failed",
      closeInfo: { reason: "credentials_rejected", action: "stop", detail },
    });
    expect(target.childElementCount).toBe(0);
  });

  test("leaves no picture of an attempt that never opened", async () => {
    const vnc = create({ reconnect: false });
    const socket = nextSocket();
    const connecting = vnc.connect();
    const opened = await socket;
    await vi.waitFor(() => expect(canvases()).toBe(1));
    opened.end(1006);
    await expect(connecting).rejects.toMatchObject({ closeInfo: { reason: "connect_failed" } });
    expect(canvases()).toBe(0);
    expect(target.childElementCount).toBe(0);
  });

  test("says viewer_failed when the server does not speak RFB", async () => {
    const vnc = create();
    const socket = nextSocket();
    const connecting = vnc.connect();
    const opened = await socket;
    await Promise.resolve();
    opened.accept();
    opened.session.hello(null);
    opened.deliver(new TextEncoder().encode("HTTP/1.1 400\n"));
    await expect(connecting).rejects.toMatchObject({ code: "viewer_failed", closeInfo: { reason: "viewer_failed" } });
    expect(canvases()).toBe(0);
  });

  test("says viewer_failed when noVNC is sent more than it keeps", async () => {
    const vnc = create();
    const socket = nextSocket();
    const connecting = vnc.connect();
    await answer(await socket);
    await connecting;
    // A clipboard text that never ends.
    gateway.socket.deliver([3, 0, 0, 0, 0x7f, 0, 0, 0]);
    const chunk = new Uint8Array(8 * 1024 * 1024);
    for (let sent = 0; sent < 6 && vnc.state.status === "connected"; sent += 1) gateway.socket.deliver(chunk);
    expect(vnc.state).toMatchObject({ status: "closed", cause: { reason: "viewer_failed" } });
    expect(vnc.state).toHaveProperty("cause.detail", expect.stringContaining("buffer exceeded 41943040 bytes"));
    expect(canvases()).toBe(0);
  });

  test("opens and closes 20 times and leaves no canvas, element or window listener", async () => {
    // By identity, as the browser counts them: noVNC adds one of its listeners twice.
    const listening = new Map<unknown, string>();
    let added = 0;
    const add = vi.spyOn(window, "addEventListener").mockImplementation(function (this: Window, ...args) {
      const [type, listener, options] = args as [string, unknown, AddEventListenerOptions | undefined];
      added += 1;
      listening.set(listener, type);
      options?.signal?.addEventListener("abort", () => listening.delete(listener));
      EventTarget.prototype.addEventListener.apply(this, args as never);
    });
    const remove = vi.spyOn(window, "removeEventListener").mockImplementation(function (this: Window, ...args) {
      listening.delete(args[1]);
      EventTarget.prototype.removeEventListener.apply(this, args as never);
    });
    const vnc = create();
    for (let round = 0; round < 20; round += 1) {
      const socket = nextSocket();
      const connecting = vnc.connect();
      await answer(await socket);
      await connecting;
      expect(canvases()).toBe(1);
      await vnc.close();
      expect(canvases()).toBe(0);
      expect(target.childElementCount).toBe(0);
    }
    add.mockRestore();
    remove.mockRestore();
    expect(added).toBeGreaterThanOrEqual(60);
    expect([...listening.values()]).toEqual([]);
    expect(gateway.sockets.every(({ requestedClose }) => requestedClose !== undefined)).toBe(true);
  });

  test("refuses what does not fit with a clear sentence", () => {
    expect(() => create({ quality: 10 })).toThrow("quality: expected a whole number from 0 to 9, got 10");
    expect(() => create({ scale: "big" as never })).toThrow('expected "none", "fit" or "remote", got "big"');
    expect(() => create().sendKeys("ctrl-x" as never)).toThrow('unknown key combination "ctrl-x"');
  });
});
