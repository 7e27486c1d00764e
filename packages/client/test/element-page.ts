import { type FakeWebSocket, InPageGateway } from "@curfew/testing/in-page";
import { afterEach, beforeEach, expect, vi } from "vitest";
import { defineConsoleElements } from "../src/element/index.ts";
import type {
  CurfewSerialElement,
  CurfewVncElement,
  SerialElementEventMap,
  VncElementEventMap,
} from "../src/element/index.ts";
import { speakRfb } from "./fake-vnc.ts";
import { MANUAL } from "./manual-gateway.ts";

type AnyElement = CurfewVncElement | CurfewSerialElement;
type Name = "curfew-vnc" | "curfew-serial";

/** Elements for tests, and the fake gateway that they connect to. */
export class ElementPage {
  gateway = new InPageGateway(MANUAL);
  expiresInMs: number | null = 600_000;
  renewable = true;
  /** Whether sockets are answered by themselves. */
  answers = true;

  constructor() {
    defineConsoleElements();
    beforeEach(() => {
      this.gateway = new InPageGateway(MANUAL);
      this.expiresInMs = 600_000;
      this.renewable = true;
      this.answers = true;
    });
    afterEach(() => document.body.replaceChildren());
  }

  /** The markup in the page, with options that lead to the fake gateway, in a language that is loaded at once. */
  add<N extends Name>(
    markup: string,
    set: (element: HTMLElementTagNameMap[N]) => void = () => {},
  ): HTMLElementTagNameMap[N] {
    const template = document.createElement("template");
    template.innerHTML = markup;
    const element = document.importNode(template.content, true).firstElementChild as HTMLElementTagNameMap[N];
    if (element.lang === "") element.lang = "en";
    this.prepare(element);
    set(element);
    document.body.append(element);
    return element;
  }

  prepare(element: AnyElement): void {
    element.options = {
      webSocket: this.gateway.webSocket,
      reconnect: () => 60_000,
      pingIntervalMs: 0,
      log: () => {},
    };
    this.gateway.onsocket = (socket) => {
      if (this.answers) queueMicrotask(() => this.answer(socket, element.localName));
    };
  }

  answer(socket: FakeWebSocket, name: string): void {
    socket.accept();
    const { expiresInMs, renewable } = this;
    socket.session.send({ type: "hello", session: "s1", expiresInMs, renewable });
    if (name === "curfew-vnc") speakRfb(socket);
  }

  async connected<N extends Name>(
    markup: string,
    set?: (element: HTMLElementTagNameMap[N]) => void,
  ): Promise<HTMLElementTagNameMap[N]> {
    const element = this.add<N>(markup, set);
    await reaches(element, "connected");
    await speaks(element);
    return element;
  }
}

/** Waits until an element has a status. */
export const reaches = (element: Element, status: string): Promise<void> =>
  vi.waitFor(() => expect(element.getAttribute("status")).toBe(status));

/** Waits until an element has its words. */
const speaks = (element: Element): Promise<void> =>
  vi.waitFor(() => expect(element.shadowRoot?.querySelector<HTMLElement>(".shell")?.lang).not.toBe(""));

/** What a person sees of an element, leaving out what is hidden. */
export function shown(element: Element, selector: string): HTMLElement | null {
  const found = element.shadowRoot?.querySelector<HTMLElement>(selector) ?? null;
  return found?.checkVisibility() ? found : null;
}

/** Clicks the visible button with a label. */
export function click(element: Element, label: string): void {
  const buttons = [...(element.shadowRoot?.querySelectorAll("button") ?? [])].filter((one) => one.checkVisibility());
  const found = buttons.find((one) => one.textContent === label);
  if (!found) throw new Error(`no button ${label}, but ${buttons.map((one) => one.textContent).join(", ")}`);
  found.click();
}

/** The details of an element's events, by name, as they come. */
export function heard(element: AnyElement): [string, unknown][] {
  const events: [string, unknown][] = [];
  const names: (keyof VncElementEventMap & keyof SerialElementEventMap)[] = [
    "curfew-state",
    "curfew-expiring",
    "curfew-renewed",
    "curfew-renewfailed",
    "curfew-bell",
    "curfew-closed",
  ];
  for (const name of names) element.addEventListener(name, (event) => events.push([name, event.detail]));
  return events;
}
