import { expect, vi } from "vitest";
import type { SerialOptions } from "../src/views/serial/options.ts";
import { SerialConsole } from "../src/views/serial/serial-console.ts";
import type { FakeWebSocket } from "@curfew/testing/in-page";
import { type ViewFixture, viewFixture } from "./view-fixture.ts";

/** What {@link serialFixture} gives to a file of tests. */
export interface SerialFixture extends ViewFixture<SerialOptions, SerialConsole> {
  /** Connected to the fake gateway, with a session that ends in `expiresInMs`. */
  readonly connected: (
    options?: Partial<SerialOptions>,
    expiresInMs?: number,
    protocol?: string,
  ) => Promise<SerialConsole>;
  /** Prints on the newest connection, and waits until it, or `visible`, is on the screen. */
  readonly print: (serial: SerialConsole, text: string, visible?: string) => Promise<void>;
  /** What the newest connection was sent as console bytes. */
  readonly typed: () => string;
}

/** Accepts a connection as a gateway does. */
export async function answer(socket: FakeWebSocket, protocol = "curfew.v1", expiresInMs = 60_000): Promise<void> {
  await Promise.resolve();
  socket.accept(protocol);
  if (protocol === "curfew.v1") socket.session.hello(expiresInMs);
}

export const shows = (serial: SerialConsole, text: string): Promise<void> =>
  vi.waitFor(() => expect(serial.transcript()).toContain(text));

/** A {@link viewFixture} for serial consoles. */
export function serialFixture(): SerialFixture {
  const view = viewFixture(
    { width: 640, height: 320 },
    (target, options: SerialOptions) => new SerialConsole(target, { pingIntervalMs: 0, ...options }),
  );
  const { gateway } = view;
  const connected: SerialFixture["connected"] = async (options = {}, expiresInMs = 60_000, protocol = "curfew.v1") => {
    const serial = view.create(options);
    const socket = view.nextSocket();
    const connecting = serial.connect();
    await answer(await socket, protocol, expiresInMs);
    await connecting;
    return serial;
  };
  const print = async (serial: SerialConsole, text: string, visible = text): Promise<void> => {
    gateway.socket.deliver(new TextEncoder().encode(text));
    await shows(serial, visible);
  };
  const typed = (): string =>
    gateway.socket.sent
      .filter((data) => typeof data !== "string")
      .map((data) => new TextDecoder().decode(data))
      .join("");
  return { ...view, connected, print, typed };
}
