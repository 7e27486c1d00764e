import { SUBPROTOCOL } from "@curfew/protocol";
import type { FakeSession } from "../gateway/session.ts";

const CONNECTING = 0;
const OPEN = 1;
const CLOSING = 2;
const CLOSED = 3;

/** @internal What a socket reports to its gateway. */
export interface FakeWebSocketEvents {
  /** Makes the session of the socket, which has its subprotocol by now. */
  opened(): FakeSession;
  message(data: string | Uint8Array): void;
  closing(code: number, reason: string): void;
  closed(code: number, reason: string): void;
}

/** The arguments with which a page closed its socket. */
export interface RequestedClose {
  readonly code?: number;
  readonly reason?: string;
}

/**
 * A page's WebSocket to an {@link InPageGateway}. The page uses it as a `WebSocket` with events, whose binary messages
 * are `ArrayBuffer`s. The test sees what the page sent, and may complete the handshakes.
 */
export class FakeWebSocket extends EventTarget {
  /** The address that the page connects to. */
  readonly url: string;
  /** The subprotocols that the page offers. */
  readonly offered: readonly string[];
  readonly extensions = "";
  readonly bufferedAmount = 0;
  binaryType: "blob" | "arraybuffer" = "blob";
  /** Called with each message that the page sends, before `send` returns. */
  onsent: ((data: string | Uint8Array) => void) | undefined;
  readonly #events: FakeWebSocketEvents;
  readonly #sent: (string | Uint8Array)[] = [];
  #protocol = "";
  #readyState: 0 | 1 | 2 | 3 = CONNECTING;
  #requestedClose: RequestedClose | undefined;
  #session: FakeSession | undefined;

  /** @internal Made by the gateway. */
  constructor(url: string, offered: readonly string[], events: FakeWebSocketEvents) {
    super();
    this.url = url;
    this.offered = offered;
    this.#events = events;
  }

  /** The subprotocol that was chosen; empty for none, and until the socket opens. */
  get protocol(): string {
    return this.#protocol;
  }

  /** 0 connecting, 1 open, 2 closing, 3 closed. */
  get readyState(): 0 | 1 | 2 | 3 {
    return this.#readyState;
  }

  /** Everything that the page sent, oldest first. */
  get sent(): readonly (string | Uint8Array)[] {
    return this.#sent;
  }

  /** The control messages that the page sent, oldest first. */
  get controls(): readonly Readonly<Record<string, unknown>>[] {
    return this.#sent.filter((data) => typeof data === "string").map((text) => JSON.parse(text) as never);
  }

  /**
   * The session, once the socket is open.
   * @throws Error until then
   */
  get session(): FakeSession {
    if (this.#session === undefined) throw new Error("the WebSocket has not opened, and so has no session");
    return this.#session;
  }

  /** The arguments of the page's `close`; undefined if it did not close the socket. */
  get requestedClose(): RequestedClose | undefined {
    return this.#requestedClose;
  }

  /** @throws DOMException InvalidStateError while the socket is connecting */
  send(data: string | ArrayBuffer | ArrayBufferView): void {
    if (this.#readyState === CONNECTING) throw new DOMException("still connecting", "InvalidStateError");
    if (this.#readyState !== OPEN) return;
    const copy = typeof data === "string" ? data : bytesOf(data);
    this.#sent.push(copy);
    this.onsent?.(copy);
    this.#events.message(copy);
  }

  close(code?: number, reason?: string): void {
    if (this.#readyState >= CLOSING) return;
    this.#readyState = CLOSING;
    this.#requestedClose = { ...(code !== undefined && { code }), ...(reason !== undefined && { reason }) };
    this.#events.closing(code ?? 1005, reason ?? "");
  }

  /** Completes the opening handshake. */
  accept(protocol: string = SUBPROTOCOL): void {
    if (this.#readyState !== CONNECTING) return;
    this.#protocol = protocol;
    this.#readyState = OPEN;
    this.dispatchEvent(new Event("open"));
    this.#session = this.#events.opened();
  }

  /** Sends a text or binary message to the page, whatever its subprotocol. */
  deliver(data: string | Uint8Array | readonly number[]): void {
    const message = typeof data === "string" ? data : Uint8Array.from(data).buffer;
    this.dispatchEvent(new MessageEvent("message", { data: message }));
  }

  /** Closes the socket at once. The page sees the code; 1006 is a connection that broke. */
  end(code: number, reason: string = ""): void {
    if (this.#readyState === CLOSED) return;
    this.#readyState = CLOSED;
    this.dispatchEvent(Object.assign(new Event("close"), { code, reason, wasClean: code !== 1006 }));
    this.#events.closed(code, reason);
  }
}

/** A copy of the bytes. */
function bytesOf(data: ArrayBuffer | ArrayBufferView): Uint8Array {
  if (!ArrayBuffer.isView(data)) return new Uint8Array(data.slice(0));
  return Uint8Array.from(new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
}
