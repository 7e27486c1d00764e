import { InPageGateway } from "@curfew/testing/in-page";
import { type ReactNode, act } from "react";
import { type Root, createRoot } from "react-dom/client";
import { afterEach } from "vitest";
import { MANUAL } from "../../client/test/manual-gateway.ts";

/** A part of the page that React renders into. */
export interface Rendered {
  readonly element: HTMLElement;
  readonly render: (node: ReactNode) => Promise<void>;
  readonly unmount: () => Promise<void>;
}

const roots: [Root, HTMLElement][] = [];

/** Mounts `node` in a fresh part of the page, which the end of the test removes. */
export async function mount(node: ReactNode): Promise<Rendered> {
  (globalThis as { IS_REACT_ACT_ENVIRONMENT?: boolean }).IS_REACT_ACT_ENVIRONMENT = true;
  const element = document.createElement("div");
  document.body.append(element);
  const root = createRoot(element);
  roots.push([root, element]);
  const render = (next: ReactNode): Promise<void> => act(async () => root.render(next));
  await render(node);
  return { element, render, unmount: () => act(async () => root.unmount()) };
}

afterEach(async () => {
  for (const [root, element] of roots.splice(0)) {
    await act(async () => root.unmount());
    element.remove();
  }
});

/** A gateway whose sockets open at once, with a session of `expiresInMs`. */
export class AnsweringGateway extends InPageGateway {
  expiresInMs: number | null = 600_000;

  /** The options that every console of a test has. */
  get options() {
    return {
      authorize: () => ({ url: "ws://gateway/ws" }),
      webSocket: this.webSocket,
      reconnect: () => 60_000,
      log: () => {},
    };
  }

  constructor() {
    super(MANUAL);
    this.onsocket = (socket) =>
      queueMicrotask(() => {
        socket.accept();
        socket.session.hello(this.expiresInMs);
      });
  }
}
