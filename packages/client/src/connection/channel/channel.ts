import { type ClientMessage, SUBPROTOCOL } from "@curfew/protocol";
import { reportError } from "../../util/report-error.ts";

/** How much is buffered for a viewer that has not attached yet. */
const MAX_QUEUED_BYTES = 8 * 1024 * 1024;
/** Above this many buffered bytes the gateway is asked to pause. */
const PAUSE_ABOVE_BYTES = MAX_QUEUED_BYTES / 8;

const PAUSE = JSON.stringify({ type: "pause" } satisfies ClientMessage);
const RESUME = JSON.stringify({ type: "resume" } satisfies ClientMessage);

/** Callbacks of a channel. */
export interface ChannelOwner {
  opened(protocol: string): void;
  /** A text frame arrived on `curfew.v1`. */
  control(text: string): void;
  /** A frame arrived. `bytes` counts console output: 0 for a control message. */
  received(bytes: number): void;
  /** Bytes were sent to the console. */
  sent(bytes: number): void;
  /** The socket closed. Called before the viewer's `close` event. */
  closed(code: number, reason: string): void;
  /** The viewer called `close()`. */
  viewerClosed(): void;
  /** More than {@link MAX_QUEUED_BYTES} arrived and no viewer read them. */
  overflowed(): void;
  /** A `message` listener of the viewer threw an error. It receives no more messages. */
  viewerThrew(error: unknown): void;
}

/**
 * The byte stream of one attempt, in the shape that `new RFB(element, channel)` of noVNC and
 * `new AttachAddon(channel)` of xterm.js accept, and typed as a `WebSocket` for their sake.
 *
 * It delivers only console output, without control messages. Output that arrives before a viewer
 * attaches is buffered, up to 8 MiB, and delivered then; above 1 MiB the gateway is asked to pause. A
 * `message` listener that throws has lost output, so it ends the connection as `viewer_failed`.
 * Strings passed to `send` are sent as UTF-8 in binary frames.
 *
 * Do not extend or wrap it: noVNC looks for the members only on the object and its immediate
 * prototype.
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
  /** Output for a viewer that has not attached yet; undefined from then on. */
  #queue: ArrayBuffer[] | undefined = [];
  #queuedBytes = 0;
  #replaying = false;
  #viewerThrew = false;
  /** Why the gateway is asked to pause. */
  readonly #pauseReasons = new Set<"queue" | "viewer">();
  /** The wrapper of each `message` listener. */
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
    // Property handlers run as listeners, so that an error in one is reported and does not stop the others.
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
    // Both viewers set it to this value.
  }

  get onmessage(): WebSocket["onmessage"] {
    return this.#onmessage;
  }
  set onmessage(handler: WebSocket["onmessage"]) {
    this.#onmessage = handler;
    if (handler) this.#replay();
  }

  /** The subprotocol that the server chose; empty before the socket is open. */
  get protocol(): string {
    return this.#socket.protocol;
  }

  get readyState(): WebSocket["readyState"] {
    return this.#detach.signal.aborted ? this.CLOSED : this.#socket.readyState;
  }

  /** See `WebSocket.bufferedAmount`. */
  get bufferedAmount(): number {
    return this.#socket.bufferedAmount;
  }

  get extensions(): string {
    return this.#socket.extensions;
  }

  /** The URL without its query, which may contain a token. */
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

  /**
   * Sends bytes. Drops them silently once the channel is closed.
   *
   * @throws DOMException `InvalidStateError` before the channel is open.
   */
  send(data: string | BufferSource | Blob): void {
    if (this.#detach.signal.aborted) return;
    const bytes = typeof data === "string" ? new TextEncoder().encode(data) : data;
    this.#socket.send(bytes);
    this.#owner.sent("size" in bytes ? bytes.size : bytes.byteLength);
  }

  /**
   * Asks the gateway to hold back the console's output until {@link resume}, for a viewer that
   * cannot keep up: browsers read from a WebSocket whatever the page does. Output that is already in
   * transit still arrives.
   *
   * @returns false if the server does not speak `curfew.v1`, or the channel is not open.
   */
  pause(): boolean {
    return this.#pauseFor("viewer");
  }

  /** Ends {@link pause}. */
  resume(): void {
    this.#resumeFrom("viewer");
  }

  /** Ends the connection with the reason `client_closed`. Viewers call it to disconnect. */
  close(_code?: number, _reason?: string): void {
    if (!this.#detach.signal.aborted) this.#owner.viewerClosed();
  }

  /** @internal Closes the socket without waiting for the server, and fires `close` for the viewer. */
  finish(code: number, reason: string): void {
    if (this.#detach.signal.aborted) return;
    this.#detach.abort();
    this.#socket.close(code, reason);
    this.#emitClose(code, reason, true);
  }

  /** @internal Sends a control message. */
  sendControl(text: string): void {
    if (this.readyState === this.OPEN) this.#socket.send(text);
  }

  #pauseFor(reason: "queue" | "viewer"): boolean {
    if (this.protocol !== SUBPROTOCOL || this.readyState !== this.OPEN) return false;
    if (this.#pauseReasons.size === 0) this.sendControl(PAUSE);
    this.#pauseReasons.add(reason);
    return true;
  }

  #resumeFrom(reason: "queue" | "viewer"): void {
    if (this.#pauseReasons.delete(reason) && this.#pauseReasons.size === 0) this.sendControl(RESUME);
  }

  /** The owner is called last: a viewer that attaches then finds an open channel, and must not receive `open` again. */
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
    if (!this.#queue) {
      this.#emitMessage(data);
      return;
    }
    this.#queue.push(data);
    this.#queuedBytes += data.byteLength;
    if (this.#queuedBytes > PAUSE_ABOVE_BYTES) this.#pauseFor("queue");
    if (this.#queuedBytes > MAX_QUEUED_BYTES) {
      this.#queue = [];
      this.#queuedBytes = 0;
      this.#owner.overflowed();
    }
  }

  /** In a microtask, because noVNC sets `onmessage` before it can handle a message. */
  #replay(): void {
    if (!this.#queue || this.#replaying) return;
    this.#replaying = true;
    queueMicrotask(() => this.#flush());
  }

  #flush(): void {
    const queue = this.#queue ?? [];
    this.#queue = undefined;
    for (const data of queue) this.#emitMessage(data);
    this.#resumeFrom("queue");
  }

  #emitMessage(data: ArrayBuffer): void {
    if (!this.#viewerThrew) this.dispatchEvent(new MessageEvent("message", { data }));
  }

  /** Catches errors of viewers. They throw when they cannot buffer more: noVNC from 40 MiB, xterm.js from 50 MB. */
  #guarded(listener: EventListenerOrEventListenerObject): EventListener {
    const known = this.#guards.get(listener);
    if (known) return known;
    const guard: EventListener = (event) => {
      try {
        if (typeof listener === "function") listener.call(this, event);
        else listener.handleEvent(event);
      } catch (error) {
        this.#viewerThrew = true;
        if (this.#detach.signal.aborted) reportError(error);
        else this.#owner.viewerThrew(error);
      }
    };
    this.#guards.set(listener, guard);
    return guard;
  }

  #socketClosed(code: number, reason: string): void {
    this.#detach.abort();
    this.#owner.closed(code, reason);
    this.#emitClose(code, reason, code !== 1006);
  }

  #emitClose(code: number, reason: string, wasClean: boolean): void {
    if (this.#replaying) this.#flush();
    this.#queue = undefined;
    this.dispatchEvent(new CloseEvent("close", { code, reason, wasClean }));
  }
}
