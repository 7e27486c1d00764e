import {
  type ClientMessage,
  CloseCode,
  parseClientMessage,
  type ServerCloseReason,
  type ServerMessage,
  SUBPROTOCOL,
} from "@curfew/protocol";
import type { EventLog, WaitOptions } from "../net/event-log.ts";
import type { ConsoleLine, Dial } from "./console-line.ts";
import type { GatewayEvents } from "./events.ts";
import type { PageSocket, SocketEnd } from "./page-socket.ts";
import { DEFAULT_EXPIRY_MS, expectCloseCode, expectReason, expectTimeLeft, type GatewayScript } from "./script.ts";
import { tokenOf } from "./subprotocol.ts";

/** Close code of a WebSocket that broke (RFC 6455, section 7.1.5). */
const ABNORMAL = 1006;
const NORMAL = 1000;

/** One connection of a page to a fake gateway, driven by its script and the test. */
export class FakeSession {
  /** 0 for the first connection, then 1, and so on; refused ones count. */
  readonly number: number;
  /** Path and query that the page connected to. */
  readonly path: string;
  /** The subprotocols that the page offered; with `routeConsole` the chosen one comes first. */
  readonly offered: readonly string[];
  /** The subprotocol that was chosen; empty for none. */
  readonly protocol: string;
  /** The token that the page sent, in the list of subprotocols or in the query. */
  readonly token: string | undefined;
  /** Resolves when the WebSocket is closed; never rejects. */
  readonly closed: Promise<SocketEnd>;
  /** @internal Resolves when the page has its `hello`, or the session is over; never rejects. */
  readonly greeted: Promise<void>;
  readonly #socket: PageSocket;
  readonly #script: GatewayScript;
  readonly #events: EventLog<GatewayEvents>;
  readonly #line: ConsoleLine | undefined;
  readonly #resolveClosed: (end: SocketEnd) => void;
  readonly #resolveGreeted: () => void;
  #isGreeted = false;
  /** A warning for the page, which knows no session before `hello`. */
  #earlyWarningMs: number | undefined;
  #end: SocketEnd | undefined;
  #open = true;
  #timer: NodeJS.Timeout | undefined;

  /** @internal Made by the gateway. */
  constructor(number: number, socket: PageSocket, script: GatewayScript, events: EventLog<GatewayEvents>, dial: Dial) {
    this.number = number;
    this.path = socket.path;
    this.offered = socket.offered;
    this.protocol = socket.protocol;
    this.token = tokenOf(socket.path, socket.offered);
    this.#socket = socket;
    this.#script = script;
    this.#events = events;
    const { promise, resolve } = Promise.withResolvers<SocketEnd>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    const greeting = Promise.withResolvers<void>();
    this.greeted = greeting.promise;
    this.#resolveGreeted = greeting.resolve;
    const { target, refuse } = script;
    events.record("open", { connection: number, path: socket.path, protocols: socket.offered });
    if (refuse !== undefined && refuse !== "connect_failed") {
      this.end(refuse);
      return;
    }
    if (target === undefined) {
      this.#greet();
      return;
    }
    this.#line = dial(target, {
      connected: () => this.#greet(),
      output: async (bytes) => this.write(bytes),
      ended: (reason) => this.end(reason),
    });
  }

  /** Whether the WebSocket is open. */
  get open(): boolean {
    return this.#open;
  }

  /** @internal Whether the script sends `hello`. */
  get isGreetedByItself(): boolean {
    return this.#script.hello !== false;
  }

  /** Whether the connection uses `curfew.v1`, which has control messages. */
  get controlled(): boolean {
    return this.protocol === SUBPROTOCOL;
  }

  /** This session's events of one type so far, oldest first. */
  received<Type extends keyof GatewayEvents>(type: Type): readonly GatewayEvents[Type][] {
    return this.#events.all(type).filter((event) => event.connection === this.number);
  }

  /** The first event of this session, past or future, that satisfies the predicate; see the gateway's `waitFor`. */
  waitFor<Type extends keyof GatewayEvents>(
    type: Type,
    predicate: (event: GatewayEvents[Type]) => boolean = () => true,
    options?: WaitOptions,
  ): Promise<GatewayEvents[Type]> {
    const mine = (event: GatewayEvents[Type]): boolean => event.connection === this.number && predicate(event);
    return this.#events.waitFor(type, mine, options);
  }

  /** Sends `hello` where the script holds it back, and lets the console's output through. */
  hello(expiresInMs: number | null = this.#timeLeft): void {
    expectTimeLeft("expiresInMs", expiresInMs);
    if (this.controlled) {
      const { renewable = true, session = `fake-${this.number}` } = this.#script;
      this.send({ type: "hello", session, expiresInMs, renewable });
    }
    this.#expireIn(expiresInMs);
    this.#isGreeted = true;
    if (this.#earlyWarningMs !== undefined) this.warn(this.#earlyWarningMs);
    this.#resolveGreeted();
    this.#line?.start();
  }

  /** Sends `expiring` with the milliseconds that are left; before `hello` it waits for that. */
  warn(expiresInMs: number): void {
    expectTimeLeft("expiresInMs", expiresInMs);
    if (!this.#isGreeted) {
      this.#earlyWarningMs = expiresInMs;
      return;
    }
    this.send({ type: "expiring", expiresInMs });
    this.#expireIn(expiresInMs);
  }

  /** Ends the session because its time is over: `session_expired`. */
  expire(): void {
    this.end("session_expired");
  }

  /**
   * Ends the session as a gateway does: `bye`, then the reason's close code.
   * @param message - what an operator writes to the user
   */
  end(reason: ServerCloseReason, detail?: string, message?: string): void {
    expectReason("reason", reason);
    if (this.#script.silentEnds === true) {
      if (reason === "target_closed") this.close(NORMAL, "Target closed");
      else this.drop();
      return;
    }
    if (this.controlled) {
      const words = { ...(detail !== undefined && { detail }), ...(message !== undefined && { message }) };
      this.send({ type: "bye", reason, ...words });
    }
    // Without control messages, a target that closes is a normal end (PROTOCOL.md, section 4).
    this.close(!this.controlled && reason === "target_closed" ? NORMAL : CloseCode[reason], reason);
  }

  /**
   * Closes with a code of the test's own, without `bye`.
   * @throws RangeError for a code that no close frame can have, such as 1006: that is {@link drop}
   */
  close(code: number, reason: string = ""): void {
    expectCloseCode(code);
    if (this.#finish({ by: "gateway", code, reason })) this.#socket.close(code, reason);
  }

  /** Breaks the connection: the page sees 1006 and no reason. */
  drop(): void {
    if (this.#finish({ by: "gateway", code: ABNORMAL, reason: "" })) this.#socket.drop();
  }

  /**
   * Sends a control message.
   * @throws Error when the connection does not use `curfew.v1`
   */
  send(message: ServerMessage): void {
    this.sendText(JSON.stringify(message));
  }

  /** Sends any text frame, such as a malformed control message; throws as {@link send} does. */
  sendText(text: string): void {
    if (!this.controlled) {
      const chosen = this.protocol === "" ? "no subprotocol" : this.protocol;
      throw new Error(`connection ${this.number} has ${chosen}: no control messages; expected ${SUBPROTOCOL}`);
    }
    if (this.#end === undefined) void this.#socket.send(text);
  }

  /** Sends bytes as if the console had written them; resolves when the page has room for more. */
  async write(bytes: Uint8Array | string): Promise<void> {
    const data = typeof bytes === "string" ? new TextEncoder().encode(bytes) : bytes;
    if (this.#end === undefined) await this.#socket.send(data);
  }

  /** @internal A message of the page arrived. */
  message(data: string | Uint8Array): void {
    if (this.#script.dropOnMessage === true) this.drop();
    else if (typeof data !== "string") this.#input(data);
    else if (!this.controlled) this.#input(new TextEncoder().encode(data));
    else {
      const parsed = parseClientMessage(data);
      if (parsed.ok === true) this.#hear(parsed.message);
      else if (parsed.ok === false) this.#protocolError(parsed.error);
    }
  }

  /** @internal The WebSocket closed, from either side. */
  socketClosed(code: number, reason: string): void {
    this.#finish({ by: "page", code, reason });
    if (!this.#open) return;
    this.#open = false;
    this.#events.record("close", { connection: this.number, ...this.#end! });
    this.#resolveClosed(this.#end!);
  }

  get #timeLeft(): number | null {
    return this.#script.expiresInMs === undefined ? DEFAULT_EXPIRY_MS : this.#script.expiresInMs;
  }

  #greet(): void {
    if (this.#script.hello !== false) this.hello();
  }

  #input(bytes: Uint8Array): void {
    this.#events.record("input", { connection: this.number, bytes });
    if (this.#end === undefined) this.#line?.write(bytes);
  }

  #hear(message: ClientMessage): void {
    const { type, ...details } = message;
    this.#events.record(type, { connection: this.number, ...details });
    if (message.type === "ping" && this.#script.pong !== false) this.send({ type: "pong", id: message.id });
    if (message.type === "renew") this.#answer(message.id);
    if (message.type === "pause") this.#line?.pause();
    if (message.type === "resume") this.#line?.resume();
  }

  #answer(id: number): void {
    const { renewal = this.#timeLeft } = this.#script;
    if (renewal === "silence") return;
    if (typeof renewal === "string") this.send({ type: "renew_failed", id, reason: renewal });
    else {
      this.send({ type: "renewed", id, expiresInMs: renewal });
      this.#expireIn(renewal);
    }
  }

  #protocolError(message: string): void {
    this.#events.record("problem", { connection: this.number, message });
    this.end("protocol_error", message);
  }

  #expireIn(ms: number | null): void {
    clearTimeout(this.#timer);
    if (this.#script.enforce === true && ms !== null) this.#timer = setTimeout(() => this.expire(), ms);
  }

  /** Stops all traffic between page and console. Returns false if the session had ended before. */
  #finish(end: SocketEnd): boolean {
    const first = this.#end === undefined;
    this.#end ??= end;
    this.#resolveGreeted();
    clearTimeout(this.#timer);
    this.#line?.destroy();
    return first;
  }
}
