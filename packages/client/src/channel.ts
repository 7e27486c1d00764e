import { type ClientMessage, SUBPROTOCOL } from "@curfew/protocol";
import { report } from "./report.ts";

/** Bytes that are kept for a viewer that has not attached yet; from an eighth of them on the gateway is asked to wait. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;

const PAUSE = JSON.stringify({ type: "pause" } satisfies ClientMessage);
const RESUME = JSON.stringify({ type: "resume" } satisfies ClientMessage);

/** What the owner of a channel is told. */
export interface ChannelOwner {
  opened(protocol: string): void;
  /** A text frame on `curfew.v1`. */
  control(text: string): void;
  /** A frame arrived, with so many bytes of the console: 0 for a control message. */
  received(bytes: number): void;
  /** So many bytes were sent to the console. */
  sent(bytes: number): void;
  /** The socket closed; called before the viewer hears of it. */
  closed(code: number, reason: string): void;
  /** The viewer called `close()`. */
  viewerClosed(): void;
  /** More than {@link MAX_QUEUED_BYTES} arrived and no viewer took them. */
  overflowed(): void;
  /** A listener of the viewer threw on a message; it gets no more of them. */
  viewerThrew(error: unknown): void;
}

/**
 * The byte stream of one attempt, in the shape that `new RFB(element, channel)` of noVNC and
 * `new AttachAddon(channel)` of xterm.js accept, and typed as a `WebSocket` for their sake.
 *
 * Only bytes are delivered: control messages are taken out before. What arrives before a viewer
 * attaches is kept, up to 8 MiB, and delivered right after; past 1 MiB the gateway is asked to wait. A `message` listener that throws has
 * lost output, so it ends the connection as `viewer_failed`. Strings passed to `send` go out as
 * UTF-8 in binary frames.
 *
 * Do not extend or wrap it: noVNC looks for the members on the object and its immediate prototype
 * only.
 */
export class ConsoleChannel extends EventTarget implements WebSocket {
  readonly CONNECTING = 0 as const;
  readonly OPEN = 1 as const;
  readonly CLOSING = 2 as const;
  readonly CLOSED = 3 as const;

  onopen: WebSocket["onopen"] = null;
  onerror: WebSocket["onerror"] = null;
  onclose: WebSocket["onclose"] = null;

  readonly #socket: WebSocket;
  readonly #owner: ChannelOwner;
  readonly #detach = new AbortController();
  #onmessage: WebSocket["onmessage"] = null;
  #queue: ArrayBuffer[] | null = [];
  #queuedBytes = 0;
  #replaying = false;
  #viewerThrew = false;
  /** Who wants the console's output held back. */
  readonly #holds = new Set<"queue" | "viewer">();
  /** The `message` listeners as they were added, each with what listens in its place. */
  readonly #guards = new WeakMap<EventListenerOrEventListenerObject, EventListener>();

  /** @internal Created by `ConsoleConnection`, one for each attempt. */
  constructor(socket: WebSocket, owner: ChannelOwner) {
    super();
    this.#socket = socket;
    this.#owner = owner;
    socket.binaryType = "arraybuffer";
    const { signal } = this.#detach;
    socket.addEventListener("open", () => this.#opened(), { signal });
    socket.addEventListener("message", (event: MessageEvent<unknown>) => this.#received(event.data), { signal });
    socket.addEventListener("close", ({ code, reason }) => this.#socketClosed(code, reason), { signal });
    // Property handlers run as listeners, so that one that throws is reported and stops nothing.
    super.addEventListener("open", (event) => this.onopen?.(event));
    super.addEventListener("error", (event) => this.onerror?.(event));
    super.addEventListener("close", (event) => this.onclose?.(event as CloseEvent));
    super.addEventListener(
      "message",
      this.#guarded((event) => this.#onmessage?.(event as MessageEvent)),
    );
  }

  /** Always `"arraybuffer"`; setting it has no effect. */
  get binaryType(): BinaryType {
    return "arraybuffer";
  }
  set binaryType(_type: BinaryType) {
    // Both viewers set it to what it is.
  }

  get onmessage(): WebSocket["onmessage"] {
    return this.#onmessage;
  }
  set onmessage(handler: WebSocket["onmessage"]) {
    this.#onmessage = handler;
    if (handler) this.#replay();
  }

  /** The subprotocol that the server chose; empty before it is open. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  get readyState(): WebSocket["readyState"] {
    return this.#detach.signal.aborted ? this.CLOSED : this.#socket.readyState;
  }

  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  get extensions(): string {
    return this.#socket.extensions;
  }

  /** Without its query, which may hold a token. */
  get url(): string {
    return this.#socket.url.replace(/[?#].*$/, "");
  }

  override addEventListener<K extends keyof WebSocketEventMap>(
    type: K,
    listener: (this: WebSocket, event: WebSocketEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void;
  override addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | AddEventListenerOptions,
  ): void {
    const isReader = type === "message" && listener !== null;
    super.addEventListener(type, isReader ? this.#guarded(listener) : listener, options);
    if (isReader) this.#replay();
  }

  override removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject | null,
    options?: boolean | EventListenerOptions,
  ): void {
    const guard = type === "message" && listener ? this.#guards.get(listener) : undefined;
    super.removeEventListener(type, guard ?? listener, options);
  }

  /** Sends bytes; dropped silently once the channel is closed. Throws `InvalidStateError` before it is open. */
  send(data: string | BufferSource | Blob): void {
    if (this.#detach.signal.aborted) return;
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    this.#socket.send(bytes);
    this.#owner.sent("size" in bytes ? bytes.size : bytes.byteLength);
  }

  /**
   * Asks the gateway to hold the console's output back until {@link resume}, for a viewer that
   * cannot keep up: browsers read a WebSocket whatever the page does. What is under way still
   * arrives. Returns false where the server does not speak `curfew.v1` and cannot be asked.
   */
  pause(): boolean {
    return this.#hold("viewer");
  }

  /** Lets the output come again. */
  resume(): void {
    this.#release("viewer");
  }

  /** Ends the connection with the reason `client_closed`: viewers call it when they are told to disconnect. */
  close(_code?: number, _reason?: string): void {
    if (!this.#detach.signal.aborted) this.#owner.viewerClosed();
  }

  /** @internal Closes the socket, without waiting for the server, and tells the viewer. */
  finish(code: number, reason: string): void {
    if (this.#detach.signal.aborted) return;
    this.#detach.abort();
    this.#socket.close(code, reason);
    this.#tellClosed(code, reason, true);
  }

  /** @internal Sends a control message. */
  sendControl(text: string): void {
    if (this.readyState === this.OPEN) this.#socket.send(text);
  }

  #hold(by: "queue" | "viewer"): boolean {
    if (this.protocol !== SUBPROTOCOL || this.readyState !== this.OPEN) return false;
    if (this.#holds.size === 0) this.sendControl(PAUSE);
    this.#holds.add(by);
    return true;
  }

  #release(by: "queue" | "viewer"): void {
    if (this.#holds.delete(by) && this.#holds.size === 0) this.sendControl(RESUME);
  }

  /** The owner hears last: a viewer that attaches there finds an open channel, and must not be told twice. */
  #opened(): void {
    this.dispatchEvent(new Event("open"));
    this.#owner.opened(this.protocol);
  }

  #received(data: unknown): void {
    if (typeof data === "string" && this.protocol === SUBPROTOCOL) {
      this.#owner.received(0);
      this.#owner.control(data);
      return;
    }
    const bytes = typeof data === "string" ? new TextEncoder().encode(data).buffer : (data as ArrayBuffer);
    this.#owner.received(bytes.byteLength);
    this.#deliver(bytes);
  }

  #deliver(data: ArrayBuffer): void {
    if (this.#queue === null) {
      this.#hand(data);
      return;
    }
    this.#queue.push(data);
    this.#queuedBytes += data.byteLength;
    if (this.#queuedBytes > MAX_QUEUED_BYTES / 8) this.#hold("queue");
    if (this.#queuedBytes > MAX_QUEUED_BYTES) {
      this.#queue = [];
      this.#queuedBytes = 0;
      this.#owner.overflowed();
    }
  }

  /** In a microtask: noVNC sets `onmessage` before it is in the state to take a message. */
  #replay(): void {
    if (this.#queue === null || this.#replaying) return;
    this.#replaying = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const queue = this.#queue ?? [];
    this.#queue = null;
    for (const data of queue) this.#hand(data);
    this.#release("queue");
  }

  #hand(data: ArrayBuffer): void {
    if (!this.#viewerThrew) this.dispatchEvent(new MessageEvent("message", { data }));
  }

  /** Viewers throw when they are sent more than they can keep: noVNC from 40 MiB, xterm.js from 50 MB. */
  #guarded(listener: EventListenerOrEventListenerObject): EventListener {
    const known = this.#guards.get(listener);
    if (known) return known;
    const guard: EventListener = (event) => {
      try {
        if (typeof listener === "function") listener.call(this, event);
        else listener.handleEvent(event);
      } catch (error) {
        this.#viewerThrew = true;
        if (this.#detach.signal.aborted) report(error);
        else this.#owner.viewerThrew(error);
      }
    };
    this.#guards.set(listener, guard);
    return guard;
  }

  #socketClosed(code: number, reason: string): void {
    this.#detach.abort();
    this.#owner.closed(code, reason);
    this.#tellClosed(code, reason, code !== 1006);
  }

  #tellClosed(code: number, reason: string, wasClean: boolean): void {
    if (this.#replaying) this.#flush();
    this.#queue = null;
    this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean }));
  }
}
