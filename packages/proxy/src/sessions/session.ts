import {
  CloseCode,
  type ClientMessage,
  MAX_CONTROL_BYTES,
  parseClientMessage,
  type ServerCloseReason,
  type ServerMessage,
  SUBPROTOCOL,
} from "@curfew/protocol";
import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { RelayedBytes, SessionEnd, SessionInfo, SessionObserver } from "../telemetry/session-observer.ts";
import type { BufferPool } from "../net/buffer-pool.ts";
import { Relay } from "../relay/relay.ts";
import { dial, type DialOptions } from "../targets/dial.ts";
import type { Grant } from "../tokens/grant.ts";
import { type Admission, admit, type AdmissionContext, sameConsole } from "./admission.ts";
import { type ConnectionHandler, PauseReason, type WebSocketConnection } from "../websocket/connection.ts";
import { CLOSING_HANDSHAKE_MS, closeTarget, LAST_BYTES_MS } from "../targets/close.ts";
import type { DeadlineScheduler } from "../time/scheduler.ts";
import { EndError, type EndReason } from "../end-reason.ts";
import { IdleTimer, type IdleContext } from "./idle-timer.ts";
import type { Limits } from "../limits/limits.ts";
import { type DeadlinePolicy, SessionDeadline } from "./session-deadline.ts";

/** The client's half of a session. */
export interface SessionClient {
  readonly connection: WebSocketConnection;
  /** Its IP address, as the connection shows it. */
  readonly address: string;
}

/** What every session of a gateway shares. */
export interface SessionContext extends AdmissionContext, IdleContext {
  readonly scheduler: DeadlineScheduler;
  readonly policy: DeadlinePolicy;
  readonly dialing: DialOptions;
  /** Undefined where there are none. */
  readonly limits: Limits | undefined;
  readonly buffers: BufferPool;
  readonly events: SessionEvents;
  /** Runs the rest of a mass expiry in slices, in the order in which it is handed over. */
  readonly defer: (task: () => void) => void;
}

/** What the registry is told of a session, besides what its observer is told. */
export interface SessionEvents extends SessionObserver {
  ended(session: Session, end: SessionEnd): void;
  /** Both sockets are gone. */
  closed(session: Session): void;
}

/** How far a session has come. */
export type SessionPhase = "resolving" | "dialing" | "relaying" | "ended";

/** One client connection and its target connection, from accept to the end, with one deadline. */
export class Session implements SessionInfo {
  readonly id: string = randomUUID();
  /** @internal */
  readonly client: SessionClient;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly #context: SessionContext;
  readonly #deadline: SessionDeadline;
  readonly #startedMonotonic: number;
  #phase: SessionPhase = "resolving";
  #grant: Grant | undefined;
  #relay: Relay | undefined;
  #idle: IdleTimer | undefined;
  #target: Socket | undefined;
  /** The lookup of a token that is under way. */
  #lookup: AbortController | undefined;
  /** Whether the end was told; at a mass expiry that comes after the cut. */
  #told = false;
  /** Pings since the last sign of life. */
  #unanswered = 0;
  /** Control messages that came before the target had accepted. */
  readonly #early: ClientMessage[] = [];

  /** @internal Made by the registry. */
  constructor(client: SessionClient, context: SessionContext) {
    this.client = client;
    this.#context = context;
    this.startedAt = context.clock.wall();
    this.#startedMonotonic = context.clock.monotonic();
    this.#deadline = new SessionDeadline(context.clock, context.scheduler, context.policy, {
      expiring: (leftMs) => this.#warn(leftMs),
      expired: (lateMs) => this.#expire(lateMs),
    });
    // Nothing is read, and so nothing lost, until there is a target to write to.
    client.connection.listen(this.#clientEvents);
  }

  get clientAddress(): string {
    return this.client.address;
  }

  /** What the current token entitles to; undefined until it was looked up. */
  get grant(): Grant | undefined {
    return this.#grant;
  }

  get bytes(): RelayedBytes {
    return this.#relay?.bytes ?? { toClient: 0, toTarget: 0 };
  }

  /** When the session ends, in milliseconds since the epoch; null when nothing will end it. */
  get expiresAt(): number | null {
    return this.#deadline.wall;
  }

  /** Milliseconds since the client connected. */
  get ageMs(): number {
    return this.#context.clock.monotonic() - this.#startedMonotonic;
  }

  get phase(): SessionPhase {
    return this.#phase;
  }

  /** @internal Looks the token up, arms the deadline, dials and relays. Ends the session if anything fails. */
  async open(token: string | undefined): Promise<void> {
    try {
      const { grant, expiresAt } = await this.#admit(token);
      if (this.#hasEnded()) return;
      this.#grant = grant;
      // Before the dial, so that the deadline covers every phase.
      this.#deadline.set(expiresAt);
      const slot = this.#context.limits?.acquire({
        session: this.id,
        client: this.client.address,
        instance: grant.instance,
      });
      if (slot !== undefined) await slot;
      if (this.#hasEnded()) return;
      this.#phase = "dialing";
      this.#idle = IdleTimer.for(this.#context, grant.type, this.#onIdle);
      this.#relay = new Relay(this.client.connection, this.#context.buffers);
      const { socket, connected } = dial(grant.target, this.#context.dialing, this.#relay.onread);
      this.#target = socket;
      socket.once("close", this.#onSocketClosed);
      this.#relay.attach(socket, this.#onTargetEnd);
      this.client.connection.resume(PauseReason.opening);
      await connected;
      if (this.#hasEnded()) return;
      this.#phase = "relaying";
      this.#idle?.start();
      this.#send({ type: "hello", session: this.id, ...this.#timeLeft(), renewable: this.#deadline.renewable });
      for (const message of this.#early.splice(0)) this.#onControl(message);
      this.client.connection.resume(PauseReason.opening);
      this.#context.events.opened(this, this.ageMs);
    } catch (error) {
      const { reason, message, cause } = EndError.from(error);
      this.end(reason, message, cause);
    }
  }

  /** Ends the session now; does nothing when it has ended. */
  end(reason: ServerCloseReason, detail?: string, cause?: unknown): void {
    const leftMs = this.#deadline.leftMs ?? Infinity;
    if (!this.#cut(reason)) return;
    this.#tell({ reason, detail, cause });
    // What a target sent last may take a slow client a while; even so nothing passes after the deadline.
    this.#farewell(reason, detail, reason === "target_closed" ? Math.min(LAST_BYTES_MS, leftMs) : CLOSING_HANDSHAKE_MS);
  }

  /** @internal Asks the client for a sign of life, and gives it up when there was none since the last but one. */
  heartbeat(): void {
    const { connection } = this.client;
    if (!connection.isOpen) return;
    // A client that is behind gets the ping late, and one that is held back cannot answer.
    if (this.#unanswered > 1 && !connection.isPaused && connection.unsentBytes === 0) return connection.terminate();
    this.#unanswered += 1;
    connection.ping();
  }

  #warn(leftMs: number): void {
    // Before `hello`, which says how much is left, a client expects no other message.
    if (this.#phase === "relaying") this.#send({ type: "expiring", expiresInMs: Math.floor(leftMs) });
  }

  #expire(lateMs: number): void {
    if (!this.#stop()) return;
    const end = { reason: "session_expired", detail: "access has expired", lateMs } as const;
    const { defer } = this.#context;
    // At a mass expiry nothing passes any more from this turn on; then every target goes, and only after the last
    // one are the clients, the log and the metrics told.
    defer(() => {
      this.#target?.destroy();
      defer(() => {
        this.#tell(end);
        this.#farewell(end.reason, end.detail, CLOSING_HANDSHAKE_MS);
      });
    });
  }

  /** From here on no byte passes, and the target socket is gone. False when that was so already. */
  #cut(reason: EndReason): boolean {
    const leftMs = this.#deadline.leftMs ?? Infinity;
    if (!this.#stop()) return false;
    // What a client sent before it left still reaches the target, if that takes it before the deadline.
    if (this.#target !== undefined) closeTarget(this.#target, reason === "client_closed" ? leftMs : 0);
    return true;
  }

  /** From here on no byte passes. False when that was so already. */
  #stop(): boolean {
    if (this.#phase === "ended") return false;
    this.#phase = "ended";
    this.#deadline.clear();
    this.#idle?.stop();
    this.#lookup?.abort();
    this.#relay?.stop();
    return true;
  }

  /** Says how the session ended; only then may anybody hear that its sockets are gone. */
  #tell(end: SessionEnd): void {
    this.#told = true;
    this.#context.events.ended(this, end);
    this.#onSocketClosed();
  }

  #farewell(reason: ServerCloseReason, detail: string | undefined, graceMs: number): void {
    this.#send({ type: "bye", reason, ...(detail === undefined ? {} : { detail }) });
    // Stock clients know a target's end as 1000, the way websockify and Nova say it.
    const code = reason === "target_closed" && !this.#speaksControl ? 1000 : CloseCode[reason];
    this.client.connection.close(code, reason, graceMs);
  }

  /** Whether the client chose `curfew.v1` and so reads and writes control messages. */
  get #speaksControl(): boolean {
    return this.client.connection.subprotocol === SUBPROTOCOL;
  }

  #send(message: ServerMessage): void {
    if (this.#speaksControl) this.client.connection.sendText(JSON.stringify(message));
  }

  #timeLeft(): { expiresInMs: number | null } {
    const leftMs = this.#deadline.leftMs;
    return { expiresInMs: leftMs === null ? null : Math.floor(leftMs) };
  }

  /** A method, because after an `await` the compiler still believes the phase of before. */
  #hasEnded(): boolean {
    return this.#phase === "ended";
  }

  readonly #clientEvents: ConnectionHandler = {
    onBytes: (run) => {
      this.#unanswered = 0;
      this.#idle?.take(run);
      this.#relay?.forwardToTarget(run);
    },
    onText: (message) => {
      this.#unanswered = 0;
      const parsed = parseClientMessage(message);
      if (parsed.ok === true) this.#takeControl(parsed.message);
      else if (parsed.ok === false) this.end("protocol_error", parsed.error);
    },
    onTextTooLong: () => this.end("protocol_error", `a control message has more than ${MAX_CONTROL_BYTES} bytes`),
    onPong: () => {
      this.#unanswered = 0;
    },
    onClose: (code) => {
      const reason = code === 1006 ? "connection_lost" : "client_closed";
      if (this.#cut(reason)) this.#tell({ reason });
    },
    onProtocolError: ({ message }) => {
      if (this.#cut("protocol_error")) this.#tell({ reason: "protocol_error", detail: message });
    },
    onSocketClosed: () => this.#onSocketClosed(),
  };

  /** `hello` is the first message of a session: answers wait for it, and meanwhile nothing more is read. */
  #takeControl(message: ClientMessage): void {
    if (this.#phase === "relaying") return this.#onControl(message);
    this.#early.push(message);
    this.client.connection.pause(PauseReason.opening);
  }

  #onControl(message: ClientMessage): void {
    switch (message.type) {
      case "ping":
        this.#send({ type: "pong", id: message.id });
        break;
      case "renew":
        void this.#renew(message.id, message.token);
        break;
      case "break":
        // A plain TCP target has no way to carry one.
        break;
      case "pause":
        this.#relay?.pauseTarget();
        break;
      case "resume":
        this.#relay?.resumeTarget();
        break;
    }
  }

  async #admit(token: string | undefined): Promise<Admission> {
    const lookup = new AbortController();
    this.#lookup = lookup;
    try {
      return await admit(token, this.#context, lookup.signal);
    } finally {
      this.#lookup = undefined;
    }
  }

  async #renew(id: number, token: string): Promise<void> {
    try {
      if (this.#lookup !== undefined) throw new EndError("server_busy", "another renewal is under way");
      const { grant, expiresAt } = await this.#admit(token);
      if (this.#hasEnded()) return;
      if (this.#grant === undefined || !sameConsole(grant, this.#grant)) {
        throw new EndError("forbidden", "the token is for another console");
      }
      this.#grant = grant;
      this.#deadline.set(expiresAt);
      this.#send({ type: "renewed", id, ...this.#timeLeft(), renewable: this.#deadline.renewable });
      this.#context.events.renewed(this);
    } catch (error) {
      if (this.#hasEnded()) return;
      const refusal = EndError.from(error);
      this.#send({ type: "renew_failed", id, reason: refusal.reason, detail: refusal.message });
      this.#context.events.renewalRefused(this, refusal);
    }
  }

  readonly #onIdle = (): void => {
    this.end("idle_timeout", `there was no input for ${(this.#context.idleTimeoutMs ?? 0) / 1000} s`);
  };

  readonly #onTargetEnd = (): void => {
    // While dialing, the failure of the dial says more.
    if (this.#phase === "relaying") this.end("target_closed", "the console closed the connection");
  };

  readonly #onSocketClosed = (): void => {
    const bothGone = this.client.connection.isClosed && (this.#target === undefined || this.#target.closed);
    if (bothGone && this.#told) this.#context.events.closed(this);
  };
}
