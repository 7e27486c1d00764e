import { type FakeWebSocket, InPageGateway } from "@curfew/testing/in-page";
import { afterEach, beforeEach } from "vitest";
import type { ConsoleOptions } from "../src/connection/model/options.ts";
import { MANUAL } from "./manual-gateway.ts";

/** What {@link viewFixture} gives to a file of tests. */
export interface ViewFixture<Options, View> {
  readonly gateway: InPageGateway;
  /** The element of the running test. */
  readonly target: HTMLElement;
  readonly create: (options?: Partial<Options>) => View;
  /** The next socket that a console opens. Ask before doing what opens it. */
  readonly nextSocket: () => Promise<FakeWebSocket>;
}

/** A page with an element of this size for a console, and a gateway, for every test of the file that calls this. */
export function viewFixture<Options extends ConsoleOptions, View>(
  size: { readonly width: number; readonly height: number },
  make: (target: HTMLElement, options: Options) => View,
): ViewFixture<Options, View> {
  const gateway = new InPageGateway(MANUAL);
  const target = document.createElement("div");
  target.style.cssText = `width: ${size.width}px; height: ${size.height}px`;
  beforeEach(() => {
    gateway.clear();
    gateway.onsocket = undefined;
    document.body.append(target);
  });
  afterEach(() => {
    target.replaceChildren();
    target.remove();
  });
  const defaults: ConsoleOptions = {
    authorize: () => ({ url: "ws://gateway/ws" }),
    webSocket: gateway.webSocket,
    reconnect: () => 0,
    log: () => {},
  };
  const create = (options: Partial<Options> = {}): View => make(target, { ...defaults, ...options } as Options);
  return { gateway, target, create, nextSocket: () => gateway.nextSocket() };
}
