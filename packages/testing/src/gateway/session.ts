import {
  type ClientMessage,
  CloseCode,
  parseClientMessage,
  type ServerCloseReason,
  type ServerMessage,
  SUBPROTOCOL,
} from "@curfew/protocol";
import type { Recorder, WaitOptions } from "../net/recorder.ts";
import { ConsoleLine } from "./console-line.ts";
import type { GatewayEvents } from "./events.ts";
import type { PageSocket, SocketEnd } from "./page-socket.ts";
import { DEFAULT_EXPIRY_MS, expectCloseCode, expectReason, expectTimeLeft, type GatewayScript } from "./script.ts";
import { tokenOf } from "./subprotocol.ts";

/** Close code of a WebSocket that broke (RFC 6455, section 7.1.5). */
const ABNORMAL = 1006;
const NORMAL = 1000;

/** One connection of a page to a fake gateway, which does what its script says and what the test tells it. */
export class FakeSession {
  /** 0 for the first connection of a page, then 1, and so on; refused ones count. */
  readonly number: number;
  /** Path and query that the page connected to. */
  readonly path: string;
  /** The subprotocols that the page offered; over `routeConsole` the chosen one stands first. */
  readonly offered: readonly string[];
  /** The subprotocol that was chosen; empty for none. */
  readonly protocol: string;
  /** The token that the page brought, in the list of subprotocols or in the query. */
  readonly token: string | undefined;
  /** Resolves when the WebSocket is closed; never rejects. */
  readonly closed: Promise<SocketEnd>;
  readonly #socket: PageSocket;
  readonly #script: GatewayScript;
  readonly #recorder: Recorder<GatewayEvents>;
  readonly #line: ConsoleLine | undefined;
  readonly #resolveClosed: (end: SocketEnd) => void;
  #end: SocketEnd | undefined;
  #open = true;
  #timer: NodeJS.Timeout | undefined;

  /** @internal Made by the gateway. */
  constructor(number: number, socket: PageSocket, script: GatewayScript, recorder: Recorder<GatewayEvents>) {
    this.number = number;
    this.path = socket.path;
    this.offered = socket.offered;
    this.protocol = socket.protocol;
    this.token = tokenOf(socket.path, socket.offered);
    this.#socket = socket;
    this.#script = script;
    this.#recorder = recorder;
    const { promise, resolve } = Promise.withResolvers<SocketEnd>();
    this.closed = promise;
    this.#resolveClosed = resolve;
    const { target, refuse } = script;
    recorder.record("open", { connection: number, path: socket.path, protocols: socket.offered });
    if (refuse !== undefined && refuse !== "connect_failed") {
      this.end(refuse);
      return;
    }
    if (target === undefined) {
      this.#greet();
      return;
    }
    this.#line = new ConsoleLine(target, {
      connected: () => this.#greet(),
      output: async (bytes) => this.write(bytes),
      ended: (reason) => this.end(reason),
    });
  }

  /** Whether the WebSocket is open. */
  get open(): boolean {
    return this.#open;
  }

  /** Whether the page chose `curfew.v1`, and so has control messages. */
  get controlled(): boolean {
    return this.protocol === SUBPROTOCOL;
  }

  /** The first event of this session, past or future, that satisfies the predicate; as the gateway's `waitFor`. */
  waitFor<Type extends keyof GatewayEvents>(
    type: Type,
    predicate: (event: GatewayEvents[Type]) => boolean = () => true,
    options?: WaitOptions,
  ): Promise<GatewayEvents[Type]> {
    const mine = (event: GatewayEvents[Type]): boolean => event.connection === this.number && predicate(event);
    return this.#recorder.waitFor(type, mine, options);
  }

  /** Says `hello` where the script held it back, and lets the console's output through. */
  hello(expiresInMs: number | null = this.#timeLeft): void {
    expectTimeLeft("expiresInMs", expiresInMs);
    if (this.controlled) {
      const { renewable = true } = this.#script;
      this.send({ type: "hello", session: `fake-${this.number}`, expiresInMs, renewable });
    }
    this.#expireIn(expiresInMs);
    this.#line?.start();
  }

  /** Warns that so many milliseconds are left. */
  warn(expiresInMs: number): void {
    expectTimeLeft("expiresInMs", expiresInMs);
    this.send({ type: "expiring", expiresInMs });
    this.#expireIn(expiresInMs);
  }

  /** The session's time is over: `session_expired`. */
  expire(): void {
    this.end("session_expired");
  }

  /** Ends the session the way a gateway does: `bye`, then the reason's close code. */
  end(reason: ServerCloseReason, detail?: string): void {
    expectReason("reason", reason);
    if (this.controlled) this.send({ type: "bye", reason, ...(detail !== undefined && { detail }) });
    // A target's end is a plain one to clients without control messages (PROTOCOL.md, section 4).
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

  /** Breaks the connection: the page sees 1006 without a reason. */
  drop(): void {
    if (this.#finish({ by: "gateway", code: ABNORMAL, reason: "" })) this.#socket.drop();
  }

  /**
   * Sends a control message.
   * @throws Error when the page did not choose `curfew.v1`, for whom there are none
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
    const data =
      typeof bytes === "string" ? Buffer.from(bytes) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length);
    if (this.#end === undefined) await this.#socket.send(data);
  }

  /** @internal A message of the page arrived. */
  received(data: string | Buffer): void {
    if (typeof data !== "string") this.#input(data);
    else if (!this.controlled) this.#input(Buffer.from(data));
    else {
      const parsed = parseClientMessage(data);
      if (parsed.ok === true) this.#hear(parsed.message);
      else if (parsed.ok === false) this.#protocolError(parsed.error);
    }
  }

  /** @internal The WebSocket closed, whoever began. */
  socketClosed(code: number, reason: string): void {
    this.#finish({ by: "page", code, reason });
    if (!this.#open) return;
    this.#open = false;
    this.#recorder.record("close", { connection: this.number, ...this.#end! });
    this.#resolveClosed(this.#end!);
  }

  get #timeLeft(): number | null {
    return this.#script.expiresInMs === undefined ? DEFAULT_EXPIRY_MS : this.#script.expiresInMs;
  }

  #greet(): void {
    if (this.#script.hello !== false) this.hello();
  }

  #input(bytes: Buffer): void {
    this.#recorder.record("input", { connection: this.number, bytes });
    if (this.#end === undefined) this.#line?.write(bytes);
  }

  #hear(message: ClientMessage): void {
    const { type, ...details } = message;
    this.#recorder.record(type, { connection: this.number, ...details });
    if (message.type === "ping") this.send({ type: "pong", id: message.id });
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
    this.#recorder.record("problem", { connection: this.number, message });
    this.end("protocol_error", message);
  }

  #expireIn(ms: number | null): void {
    clearTimeout(this.#timer);
    if (this.#script.enforce === true && ms !== null) this.#timer = setTimeout(() => this.expire(), ms);
  }

  /** Nothing passes between page and console any more. False when it had ended before. */
  #finish(end: SocketEnd): boolean {
    const first = this.#end === undefined;
    this.#end ??= end;
    clearTimeout(this.#timer);
    this.#line?.destroy();
    return first;
  }
}
