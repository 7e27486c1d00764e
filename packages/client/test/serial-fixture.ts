import { afterEach, beforeEach, expect, vi } from "vitest";
import type { SerialOptions } from "../src/serial/options.ts";
import { SerialConsole } from "../src/serial/serial-console.ts";
import { FakeServer, type FakeSocket } from "./fake-socket.ts";

/** What {@link serialFixture} gives to a file of tests. */
export interface SerialFixture {
  readonly server: FakeServer;
  /** The element of the running test, 640 by 320 pixels. */
  readonly target: HTMLElement;
  readonly create: (options?: Partial<SerialOptions>) => SerialConsole;
  /** Connected to the fake server, with a session that ends in `expiresInMs`. */
  readonly connected: (
    options?: Partial<SerialOptions>,
    expiresInMs?: number,
    protocol?: string,
  ) => Promise<SerialConsole>;
  /** The next socket that a console opens. Ask before doing what opens it. */
  readonly nextSocket: () => Promise<FakeSocket>;
  /** Prints on the newest connection, and waits until it, or `visible`, is on the screen. */
  readonly print: (serial: SerialConsole, text: string, visible?: string) => Promise<void>;
  /** What the newest connection was sent as console bytes. */
  readonly typed: () => string;
}

/** Accepts a connection as a gateway does. */
export async function answer(socket: FakeSocket, protocol = "curfew.v1", expiresInMs = 60_000): Promise<void> {
  await Promise.resolve();
  socket.accept(protocol);
  if (protocol === "curfew.v1") socket.hello(expiresInMs);
}

export const shows = (serial: SerialConsole, text: string): Promise<void> =>
  vi.waitFor(() => expect(serial.transcript()).toContain(text));

/** A page with an element for a serial console, and a server, for every test of the file that calls this. */
export function serialFixture(): SerialFixture {
  const server = new FakeServer();
  const target = document.createElement("div");
  target.style.cssText = "width: 640px; height: 320px";
  beforeEach(() => {
    server.sockets.length = 0;
    server.onsocket = null;
    document.body.append(target);
  });
  afterEach(() => {
    target.replaceChildren();
    target.remove();
  });
  const create = (options: Partial<SerialOptions> = {}): SerialConsole =>
    new SerialConsole(target, {
      authorize: () => ({ url: "ws://gateway/ws" }),
      webSocket: server.open,
      reconnect: () => 0,
      pingIntervalMs: 0,
      log: () => {},
      ...options,
    });
  const nextSocket = (): Promise<FakeSocket> =>
    new Promise((resolve) => {
      server.onsocket = resolve;
    });
  const connected: SerialFixture["connected"] = async (options = {}, expiresInMs = 60_000, protocol = "curfew.v1") => {
    const serial = create(options);
    const socket = nextSocket();
    const connecting = serial.connect();
    await answer(await socket, protocol, expiresInMs);
    await connecting;
    return serial;
  };
  const print = async (serial: SerialConsole, text: string, visible = text): Promise<void> => {
    server.last.bytes(new TextEncoder().encode(text));
    await shows(serial, visible);
  };
  const typed = (): string =>
    server.last.sent
      .filter((data) => typeof data !== "string")
      .map((data) => new TextDecoder().decode(data))
      .join("");
  return { server, target, create, connected, nextSocket, print, typed };
}
