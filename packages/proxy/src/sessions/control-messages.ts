import {
  type ClientMessage,
  EXTENDED_ID,
  MAX_CONTROL_BYTES,
  parseClientMessage,
  type ServerCloseReason,
  type ServerMessage,
  SUBPROTOCOL,
} from "@curfew/protocol";
import { EndError } from "../end-reason.ts";
import { PENDING_MS } from "../limits/takeover.ts";
import type { Access } from "../tokens/grant.ts";
import type { WebSocketConnection } from "../websocket/connection.ts";

/** The longest detail in characters. In JSON each takes 6 bytes at most, so a message is always within its limit. */
const MAX_DETAIL = 1000;

/** How much time a session has left, as the protocol says it. */
export interface TimeLeft {
  /** Whole milliseconds; null when nothing will end the session. */
  readonly expiresInMs: number | null;
  /** Whether a later token would move the deadline. */
  readonly renewable: boolean;
}

/** What a client is told of the end of its session. */
export interface PublicEnd {
  readonly reason: ServerCloseReason;
  readonly detail?: string | undefined;
  /** What the operator who ended the session wrote for the user. */
  readonly message?: string | undefined;
}

/** What a client can ask for with control messages. */
export interface ControlHandler {
  /** How much time the session has left. */
  readonly timeLeft: TimeLeft;
  /** How long the session may be without input, in milliseconds; null for no limit. */
  readonly idleTimeoutMs: number | null;
  /** The user is there. */
  onUserInput(): void;
  /** Whether the client may ask for a renewal now: their number is limited. */
  mayRenew(): boolean;
  /** @throws EndError when the renewal is refused; the deadline does not change. */
  renew(token: string): Promise<TimeLeft>;
  /** The user's answer whether another session may take over. */
  onTakeoverAnswer(id: number, allow: boolean): void;
  pauseTarget(): void;
  resumeTarget(): void;
  /** The client broke the protocol with a control message. */
  onInvalidMessage(detail: string): void;
}

/**
 * The control messages of one client (PROTOCOL.md, section 3). A client that did not choose `curfew.v1` gets
 * none. `hello` is the first message that a client gets, so answers wait for it.
 */
export class ControlMessages {
  readonly #connection: WebSocketConnection;
  readonly #handler: ControlHandler;
  /** Messages that came before `hello`; undefined afterwards. */
  #early: ClientMessage[] | undefined = [];
  #stopped = false;

  constructor(connection: WebSocketConnection, handler: ControlHandler) {
    this.#connection = connection;
    this.#handler = handler;
  }

  /** Whether the client chose `curfew.v1`. */
  get enabled(): boolean {
    return this.#connection.subprotocol === SUBPROTOCOL;
  }

  /** Whether a message waits for `hello`; the client should send no more until then. */
  get isWaiting(): boolean {
    return this.#early !== undefined && this.#early.length > 0;
  }

  /** The console is open: from now on messages are answered, including those that came before. */
  hello(session: string, { expiresInMs, renewable }: TimeLeft, access: Access): void {
    const { idleTimeoutMs } = this.#handler;
    const idle = idleTimeoutMs === null ? {} : { idleTimeoutMs };
    this.#send({ type: "hello", session, expiresInMs, renewable, ...idle, ...(access === "view" && { access }) });
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const message of early) this.#answer(message);
  }

  /** The session ends in `leftMs` unless it is renewed. Not sent before `hello`, which says how much time is left. */
  expiring(leftMs: number): void {
    if (this.#early === undefined) this.#send({ type: "expiring", expiresInMs: Math.floor(leftMs) });
  }

  /** An administrator moved the deadline. Not sent before `hello`, which says how much time is left. */
  extended(timeLeft: TimeLeft): void {
    if (this.#early === undefined) this.#send({ type: "renewed", id: EXTENDED_ID, ...timeLeft });
  }

  /** The session ends in `endsInMs` unless there is input; null when there was. Not sent before `hello`. */
  idleWarning(endsInMs: number | null): void {
    if (this.#early === undefined) this.#send({ type: "idle_warning", endsInMs });
  }

  /** Another session, of `user`, asks to take this one's place. */
  askTakeover(id: number, endsInMs: number, user: string | undefined): void {
    const by = user === undefined ? {} : { user: user.slice(0, MAX_DETAIL) };
    if (this.#early === undefined) this.#send({ type: "takeover_request", id, endsInMs, ...by });
  }

  /** The question needs no answer any more. */
  takeoverOver(id: number): void {
    if (this.#early === undefined && !this.#stopped) this.#send({ type: "takeover_over", id });
  }

  /** The session waits for the answer of the user at the console. Sent before `hello`. */
  takeoverPending(): void {
    this.#send({ type: "takeover_pending", endsInMs: PENDING_MS });
  }

  /** From now on nothing is answered; only `bye` may follow. */
  stop(): void {
    this.#stopped = true;
  }

  /** The last message. */
  bye({ reason, detail, message }: PublicEnd): void {
    this.#send({
      type: "bye",
      reason,
      ...(detail === undefined ? {} : { detail: detail.slice(0, MAX_DETAIL) }),
      ...(message === undefined ? {} : { message }),
    });
  }

  /** Takes a text frame of the client. */
  receive(text: string): void {
    if (this.#stopped) return;
    const parsed = parseClientMessage(text);
    if (parsed.ok === false) this.#handler.onInvalidMessage(parsed.error);
    if (parsed.ok !== true) return;
    if (this.#early === undefined) this.#answer(parsed.message);
    else this.#early.push(parsed.message);
  }

  /** A text frame is longer than a control message may be. */
  receiveTooLong(): void {
    this.#handler.onInvalidMessage(`a control message has more than ${MAX_CONTROL_BYTES} bytes`);
  }

  #answer(message: ClientMessage): void {
    switch (message.type) {
      case "ping":
        this.#send({ type: "pong", id: message.id, expiresInMs: this.#handler.timeLeft.expiresInMs });
        break;
      case "renew":
        if (this.#handler.mayRenew()) void this.#renew(message.id, message.token);
        else this.#refuseRenewal(message.id, new EndError("server_busy", "too many renewals"));
        break;
      case "still_here":
        this.#handler.onUserInput();
        break;
      case "takeover_answer":
        this.#handler.onUserInput();
        this.#handler.onTakeoverAnswer(message.id, message.allow);
        break;
      case "break":
        // A plain TCP target cannot carry one.
        break;
      case "pause":
        this.#handler.pauseTarget();
        break;
      case "resume":
        this.#handler.resumeTarget();
        break;
    }
  }

  async #renew(id: number, token: string): Promise<void> {
    try {
      const timeLeft = await this.#handler.renew(token);
      if (!this.#stopped) this.#send({ type: "renewed", id, ...timeLeft });
    } catch (error) {
      if (this.#stopped) return;
      this.#refuseRenewal(id, EndError.from(error));
    }
  }

  #refuseRenewal(id: number, { reason, publicMessage }: EndError): void {
    this.#send({ type: "renew_failed", id, reason, detail: publicMessage.slice(0, MAX_DETAIL) });
  }

  #send(message: ServerMessage): void {
    if (this.enabled) this.#connection.sendText(JSON.stringify(message));
  }
}
