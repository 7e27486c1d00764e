import { afterEach, beforeEach } from "vitest";
import type { ConsoleOptions } from "../src/connection/model/options.ts";
import { FakeServer, type FakeSocket } from "./fake-socket.ts";

/** What {@link viewFixture} gives to a file of tests. */
export interface ViewFixture<Options, View> {
  readonly server: FakeServer;
  /** The element of the running test. */
  readonly target: HTMLElement;
  readonly create: (options?: Partial<Options>) => View;
  /** The next socket that a console opens. Ask before doing what opens it. */
  readonly nextSocket: () => Promise<FakeSocket>;
}

/** A page with an element of this size for a console, and a server, for every test of the file that calls this. */
export function viewFixture<Options extends ConsoleOptions, View>(
  size: { readonly width: number; readonly height: number },
  make: (target: HTMLElement, options: Options) => View,
): ViewFixture<Options, View> {
  const server = new FakeServer();
  const target = document.createElement("div");
  target.style.cssText = `width: ${size.width}px; height: ${size.height}px`;
  beforeEach(() => {
    server.sockets.length = 0;
    server.onsocket = null;
    document.body.append(target);
  });
  afterEach(() => {
    target.replaceChildren();
    target.remove();
  });
  const defaults: ConsoleOptions = {
    authorize: () => ({ url: "ws://gateway/ws" }),
    webSocket: server.open,
    reconnect: () => 0,
    log: () => {},
  };
  const create = (options: Partial<Options> = {}): View => make(target, { ...defaults, ...options } as Options);
  const nextSocket = (): Promise<FakeSocket> =>
    new Promise((resolve) => {
      server.onsocket = resolve;
    });
  return { server, target, create, nextSocket };
}
