import { describe, expect, test, vi } from "vitest";
import { COLOR, SIZE } from "../../../test/fake-spice.ts";
import { spiceFixture } from "../../../test/spice-fixture.ts";
import type { FakeWebSocket } from "@curfew/testing/in-page";
import type { SpiceConsole } from "./spice-console.ts";

const { gateway, target, create, connected, serve } = spiceFixture();
const canvases = (): number => document.querySelectorAll("canvas").length;

async function color(spice: SpiceConsole): Promise<number[]> {
  const bitmap = await createImageBitmap(await spice.screenshot());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context?.drawImage(bitmap, 0, 0);
  return [...(context?.getImageData(bitmap.width / 2, bitmap.height / 2, 1, 1).data.slice(0, 3) ?? [])];
}

function canvasOf(element: HTMLElement): HTMLCanvasElement {
  const canvas = element.querySelector("canvas");
  if (canvas === null) throw new Error("there is no canvas");
  return canvas;
}

describe("SpiceConsole", () => {
  test("shows the picture, over one socket for each channel, all with the same address and token", async () => {
    const native = globalThis.WebSocket;
    const { spice, machine } = await connected({
      authorize: () => ({ url: "ws://gateway/ws?x=1", token: "secret-1" }),
    });
    await vi.waitFor(async () => expect(await color(spice)).toEqual([...COLOR]));
    await vi.waitFor(() => expect([...machine.sockets.keys()]).toEqual(["main", "display", "inputs", "cursor"]));
    const asked = gateway.sockets.map(({ url, offered }) => JSON.stringify([url, offered]));
    expect(asked).toHaveLength(4);
    expect(new Set(asked).size).toBe(1);
    expect(asked[0]).toContain("ws://gateway/ws?x=1");
    expect(target.querySelector("[data-curfew=spice] canvas")).not.toBeNull();
    expect(globalThis.WebSocket).toBe(native);
    await spice.close();
    expect(gateway.sockets.every(({ requestedClose }) => requestedClose?.code === 1000)).toBe(true);
  });

  test("is connected only when there is a screen and keys reach the machine", async () => {
    const machine = serve({ silent: "inputs" });
    const spice = create({ helloTimeoutMs: 500, reconnect: false });
    await expect(spice.connect()).rejects.toMatchObject({ closeInfo: { reason: "connect_failed" } });
    expect(machine.sockets.has("inputs")).toBe(true);
    expect(gateway.sockets.every(({ requestedClose }) => requestedClose !== undefined)).toBe(true);
    expect(canvases()).toBe(0);
  });

  test("works on servers without control messages", async () => {
    serve({}, "binary");
    const spice = create();
    await spice.connect();
    expect(spice.state).toEqual({ status: "connected", session: null });
    await spice.close();
  });

  test.each([
    ["main", 4100, "session_expired"],
    ["display", 4100, "session_expired"],
    ["inputs", 4005, "session_terminated"],
    ["main", 4007, "idle_timeout"],
  ] as const)(
    "ends with all channels, and clears the picture, when %s is closed with %i",
    async (name, code, reason) => {
      const { spice, machine } = await connected();
      await vi.waitFor(() => expect(machine.sockets.size).toBe(4));
      const canvas = canvasOf(target);
      const atTheEnd: unknown[] = [];
      spice.on("closed", () => atTheEnd.push(target.childElementCount, canvas.width, canvas.height));
      machine.sockets.get(name)?.end(code, reason);
      expect(spice.state).toMatchObject({ status: "closed", cause: { reason, code, wasConnected: true } });
      expect(atTheEnd).toEqual([0, 0, 0]);
      expect(gateway.sockets.every(({ readyState }) => readyState >= 2)).toBe(true);
      await expect(spice.screenshot()).rejects.toMatchObject({ code: "not_connected" });
    },
  );

  test("keeps the gateway's words for the end, whichever channel they came on", async () => {
    const { spice, machine } = await connected();
    const display = machine.sockets.get("display");
    display?.session.send({ type: "bye", reason: "session_terminated", detail: "the machine was deleted" });
    display?.end(4005, "session_terminated");
    expect(spice.state).toMatchObject({ cause: { reason: "session_terminated", detail: "the machine was deleted" } });
  });

  test("ends with the gateway's reason when it is refused before the library is there", async () => {
    await import("@spice-project/spice-html5");
    const sockets: FakeWebSocket[] = [];
    gateway.onsocket = (socket) => {
      sockets.push(socket);
      // The close frame has arrived, and its event has not.
      Object.defineProperty(socket, "readyState", { value: WebSocket.CLOSING, configurable: true });
    };
    const spice = create();
    const connecting = spice.connect();
    await vi.waitFor(() => expect(sockets).toHaveLength(1));
    setTimeout(() => {
      Reflect.deleteProperty(sockets[0] as object, "readyState");
      sockets[0]?.accept("curfew.v1");
      sockets[0]?.end(4102, "token_invalid");
    });
    await expect(connecting).rejects.toMatchObject({ closeInfo: { reason: "token_invalid" } });
  });

  test("goes on without sound and the shape of the pointer", async () => {
    const { spice, machine } = await connected();
    await vi.waitFor(() => expect(machine.sockets.size).toBe(4));
    machine.sockets.get("cursor")?.end(4203, "target_closed");
    expect(spice.state.status).toBe("connected");
    await spice.close();
  });

  test("connects anew, with new channels and the same settings, when a channel is lost", async () => {
    const { spice, machine } = await connected({ viewOnly: true });
    const states: string[] = [];
    spice.on("state", ({ status }) => states.push(status));
    const next = serve();
    machine.sockets.get("display")?.end(1006);
    expect(canvases()).toBe(0);
    await spice.connect();
    expect(states).toEqual(["reconnecting", "connecting", "connected"]);
    await vi.waitFor(async () => expect(await color(spice)).toEqual([...COLOR]));
    spice.sendKeys("ctrl-alt-del");
    spice.viewOnly = false;
    spice.sendKey(0x61);
    await vi.waitFor(() => expect(next.keys).toHaveLength(2));
    await spice.close();
  });

  test("warns, and renews the session over the main channel", async () => {
    const { spice } = await connected({ renew: () => "token-2" });
    const warned = new Promise((resolve) => spice.on("expiring", resolve));
    const [main] = gateway.sockets;
    main?.session.send({ type: "expiring", expiresInMs: 30_000 });
    expect(await warned).toEqual({ expiresInMs: 30_000, renewable: true });
    const renewing = spice.connection.renew();
    await vi.waitFor(() => expect(main?.controls.at(-1)).toMatchObject({ type: "renew", token: "token-2" }));
    main?.session.send({ type: "renewed", id: Number(main.controls.at(-1)?.["id"]), expiresInMs: 90_000 });
    await renewing;
    expect(gateway.sockets.slice(1).flatMap(({ controls }) => controls)).toEqual([]);
    await spice.close();
  });

  test.each([
    ["main", { linkError: { main: 8 } }],
    ["display", { linkError: { display: 8 } }],
  ] as const)("says viewer_failed when the server refuses the %s channel", async (_name, fake) => {
    serve(fake);
    const spice = create();
    await expect(spice.connect()).rejects.toMatchObject({
      closeInfo: { reason: "viewer_failed", detail: expect.stringContaining("reply link error 8") as string },
    });
    expect(gateway.sockets.every(({ readyState }) => readyState >= 2)).toBe(true);
    expect(target.childElementCount).toBe(0);
  });

  test("sends the password, and says credentials_rejected when it is wrong", async () => {
    const { spice } = await connected({ password: "open sesame" }, { password: "open sesame" });
    await spice.close();
    serve({ password: "another" });
    await expect(create({ password: "open sesame" }).connect()).rejects.toMatchObject({
      closeInfo: { reason: "credentials_rejected", detail: "spice-html5 gave up: Permission denied." },
    });
  });

  test("says viewer_failed for a server that does not speak SPICE", async () => {
    const spice = create();
    gateway.onsocket = (socket) =>
      queueMicrotask(() => {
        socket.accept();
        socket.session.hello(null);
        socket.onsent = () => queueMicrotask(() => socket.deliver(new TextEncoder().encode("RFB 003.008\nabcdefgh")));
      });
    await expect(spice.connect()).rejects.toMatchObject({ closeInfo: { reason: "viewer_failed" } });
  });

  test("counts the bytes of all channels", async () => {
    const { spice } = await connected();
    await vi.waitFor(async () => expect(await color(spice)).toEqual([...COLOR]));
    const { bytesReceived, bytesSent } = spice.statistics();
    const main = spice.connection.statistics();
    expect(bytesReceived).toBeGreaterThan(main.bytesReceived);
    expect(bytesSent).toBeGreaterThan(main.bytesSent);
    await spice.close();
    expect(spice.statistics().bytesReceived).toBeGreaterThanOrEqual(bytesReceived);
  });

  test("refuses what does not fit with a clear sentence, and a shadow root", async () => {
    expect(() => create({ scale: "remote" as never })).toThrow('scale: expected "none" or "fit", got "remote"');
    expect(() => create().sendKeys("ctrl-x" as never)).toThrow('unknown key combination "ctrl-x"');
    serve();
    target.remove();
    const root = document.createElement("div");
    document.body.append(root);
    root.attachShadow({ mode: "open" }).append(target);
    await expect(create().connect()).rejects.toMatchObject({
      closeInfo: { reason: "viewer_failed", detail: "spice-html5 needs an element of the document" },
    });
    root.remove();
  });
});

describe("the screen", () => {
  test("fits into the element, in the middle, or has its own size", async () => {
    const { spice } = await connected();
    const box = (): number[] => {
      const [outer, inner] = [target.getBoundingClientRect(), canvasOf(target).getBoundingClientRect()];
      return [inner.x - outer.x, inner.y - outer.y, inner.width, inner.height];
    };
    expect(box()).toEqual([0, 0, 320, 160]);
    target.style.height = "80px";
    await vi.waitFor(() => expect(box()).toEqual([80, 0, 160, 80]));
    spice.scale = "none";
    expect(box()).toEqual([128, 24, SIZE.width, SIZE.height]);
    target.style.height = "160px";
    await spice.close();
  });

  test("takes the pointer's place in the machine's pixels, whatever the scale, and nothing while view-only", async () => {
    const { spice, machine } = await connected();
    const canvas = canvasOf(target);
    const move = (x: number, y: number): void => {
      const { left, top } = canvas.getBoundingClientRect();
      canvas.dispatchEvent(
        new MouseEvent("mousemove", { clientX: left + x, clientY: top + y, bubbles: true, composed: true }),
      );
    };
    move(160, 80);
    await vi.waitFor(() => expect(machine.pointer).toEqual([[32, 16]]));
    spice.scale = "none";
    move(10, 20);
    await vi.waitFor(() =>
      expect(machine.pointer).toEqual([
        [32, 16],
        [10, 20],
      ]),
    );
    spice.viewOnly = true;
    move(1, 1);
    spice.viewOnly = false;
    move(2, 2);
    await vi.waitFor(() =>
      expect(machine.pointer).toEqual([
        [32, 16],
        [10, 20],
        [2, 2],
      ]),
    );
    await spice.close();
  });

  test("takes the keyboard focus only when asked or clicked, and keeps it when the machine changes its resolution", async () => {
    const field = document.createElement("input");
    document.body.append(field);
    field.focus();
    const { spice, machine } = await connected({ label: "Screen of the machine" });
    expect(document.activeElement).toBe(field);
    machine.resize(40, 30);
    expect(document.activeElement).toBe(field);
    spice.focus();
    expect(document.activeElement).toBe(canvasOf(target));
    machine.resize(50, 30);
    expect([canvases(), canvasOf(target).width, document.activeElement]).toEqual([1, 50, canvasOf(target)]);
    expect([canvasOf(target).role, canvasOf(target).ariaLabel]).toEqual(["application", "Screen of the machine"]);
    canvasOf(target).dispatchEvent(new MouseEvent("mouseout", { bubbles: true }));
    expect(document.activeElement).toBe(canvasOf(target));
    await spice.close();
    field.remove();
  });

  test("of each of two consoles in a page is its own", async () => {
    const other = document.createElement("div");
    other.style.cssText = "width: 100px; height: 100px";
    document.body.append(other);
    const { spice: first } = await connected();
    const { SpiceConsole: Console } = await import("./spice-console.ts");
    const second = new Console(other, { authorize: () => ({ url: "ws://gateway/ws" }), webSocket: gateway.webSocket });
    await second.connect();
    expect(canvases()).toBe(2);
    await second.close();
    expect([other.childElementCount, target.querySelectorAll("canvas").length]).toEqual([0, 1]);
    await first.close();
    other.remove();
  });
});

describe("keys", () => {
  const key = (type: string, code: string, more: KeyboardEventInit = {}): KeyboardEvent =>
    new KeyboardEvent(type, { code, bubbles: true, cancelable: true, ...more });

  test("are sent by their place on the keyboard, once, and released when the focus leaves", async () => {
    const { spice, machine } = await connected();
    const alert = vi.spyOn(window, "alert").mockImplementation(() => {});
    spice.focus();
    const canvas = canvasOf(target);
    const down = key("keydown", "KeyA", { key: "q" });
    canvas.dispatchEvent(down);
    canvas.dispatchEvent(key("keyup", "KeyA"));
    canvas.dispatchEvent(key("keydown", "Unidentified"));
    canvas.dispatchEvent(key("keydown", "ArrowUp"));
    canvas.blur();
    expect(down.defaultPrevented).toBe(true);
    await vi.waitFor(() => expect(machine.keys).toHaveLength(4));
    expect(machine.keys).toEqual([
      [0x1e, true],
      [0x9e, false],
      [0x48e0, true],
      [0xc8e0, false],
    ]);
    expect(alert).not.toHaveBeenCalled();
    alert.mockRestore();
    await spice.close();
  });

  test("that leave the console take the keyboard out of the screen, and Enter takes it back", async () => {
    const { spice } = await connected();
    const canvas = canvasOf(target);
    spice.focus();
    const held = { ctrlKey: true, altKey: true, shiftKey: true, bubbles: true };
    canvas.dispatchEvent(new KeyboardEvent("keydown", { key: "Shift", code: "ShiftLeft", ...held }));
    canvas.dispatchEvent(new KeyboardEvent("keyup", { key: "Shift", code: "ShiftLeft", bubbles: true }));
    const host = target.querySelector<HTMLElement>("[data-curfew]");
    await vi.waitFor(() => expect(document.activeElement).toBe(host));
    expect(canvas.tabIndex).toBe(-1);
    host?.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", bubbles: true }));
    expect(document.activeElement).toBe(canvas);
    expect(canvas.tabIndex).toBe(0);
    expect(spice.canvas).toBe(canvas);
    await spice.close();
  });

  test("combinations and text are sent as a US keyboard does", async () => {
    const { spice, machine } = await connected();
    spice.sendKeys("ctrl-alt-del");
    await vi.waitFor(() => expect(machine.keys).toHaveLength(6));
    expect(machine.keys).toEqual([
      [0x1d, true],
      [0x38, true],
      [0x53e0, true],
      [0xd3e0, false],
      [0xb8, false],
      [0x9d, false],
    ]);
    machine.messages.length = 0;
    expect(await spice.paste("b?\n", { delayMs: 0 })).toBe(true);
    await vi.waitFor(() => expect(machine.keys).toHaveLength(8));
    expect(machine.keys.filter(([, isDown]) => isDown).map(([code]) => code)).toEqual([0x30, 0x2a, 0x35, 0x1c]);
    await expect(spice.paste("é")).rejects.toThrow('expected characters that the machine\'s keyboard has, got "é"');
    spice.sendKey(0x20ac);
    await spice.close();
    expect(await spice.paste("a")).toBe(false);
  });
});
