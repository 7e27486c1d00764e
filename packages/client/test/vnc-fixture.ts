import { afterEach, beforeEach } from "vitest";
import type { VncOptions } from "../src/vnc/options.ts";
import { VncConsole } from "../src/vnc/vnc-console.ts";
import { FakeServer, type FakeSocket } from "./fake-socket.ts";
import { type FakeVnc, speakRfb } from "./fake-vnc.ts";

/** What {@link vncFixture} gives to a file of tests. */
export interface VncFixture {
  readonly server: FakeServer;
  /** The element of the running test, 320 by 160 pixels. */
  readonly target: HTMLElement;
  readonly create: (options?: Partial<VncOptions>) => VncConsole;
  /** Connected to a fake machine, with a picture of 32 by 16. */
  readonly connected: (options?: Partial<VncOptions>) => Promise<{ vnc: VncConsole; machine: FakeVnc }>;
  /** The next socket that a console opens. Ask before doing what opens it. */
  readonly nextSocket: () => Promise<FakeSocket>;
}

/** Accepts a connection as a gateway does, with a machine behind it. */
export async function answer(socket: FakeSocket, password?: Parameters<typeof speakRfb>[1]): Promise<FakeVnc> {
  await Promise.resolve();
  socket.accept();
  socket.hello(60_000);
  return speakRfb(socket, password);
}

/** Colour of the middle of the picture. */
export async function colour(vnc: VncConsole): Promise<number[]> {
  const bitmap = await createImageBitmap(await vnc.screenshot());
  const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
  context?.drawImage(bitmap, 0, 0);
  return [...(context?.getImageData(bitmap.width / 2, bitmap.height / 2, 1, 1).data.slice(0, 3) ?? [])];
}

/** A page with an element for a VNC console, and a server, for every test of the file that calls this. */
export function vncFixture(): VncFixture {
  const server = new FakeServer();
  const target = document.createElement("div");
  target.style.cssText = "width: 320px; height: 160px";
  beforeEach(() => {
    server.sockets.length = 0;
    server.onsocket = null;
    document.body.append(target);
  });
  afterEach(() => {
    target.replaceChildren();
    target.remove();
  });
  const create = (options: Partial<VncOptions> = {}): VncConsole =>
    new VncConsole(target, {
      authorize: () => ({ url: "ws://gateway/ws" }),
      webSocket: server.open,
      reconnect: () => 0,
      log: () => {},
      ...options,
    });
  const nextSocket = (): Promise<FakeSocket> =>
    new Promise((resolve) => {
      server.onsocket = resolve;
    });
  const connected = async (options: Partial<VncOptions> = {}): Promise<{ vnc: VncConsole; machine: FakeVnc }> => {
    const vnc = create(options);
    const socket = nextSocket();
    const connecting = vnc.connect();
    const machine = await answer(await socket);
    await connecting;
    return { vnc, machine };
  };
  return { server, target, create, connected, nextSocket };
}
