import {
  CloseCode,
  type ClientMessage,
  parseClientMessage,
  type ServerCloseReason,
  type ServerMessage,
} from "@curfew/protocol";
import { randomUUID } from "node:crypto";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { WebSocket } from "ws";
import type { BufferPool } from "../relay/buffer-pool.ts";
import { Relay, type RelayedBytes } from "../relay/relay.ts";
import { dial, type DialOptions } from "../targets/dial.ts";
import type { Grant } from "../tokens/source.ts";
import { type Admission, admit, type AdmissionContext, sameConsole } from "./admission.ts";
import { closeClient, CLOSING_HANDSHAKE_MS, closeTarget, LAST_BYTES_MS } from "./closing.ts";
import type { DeadlineScheduler } from "./deadlines.ts";
import { EndError, type EndReason } from "./end-reason.ts";
import { type DeadlinePolicy, SessionDeadline } from "./session-deadline.ts";

/** The client's half of a session. */
export interface SessionClient {
  readonly socket: WebSocket;
  /** The connection under the WebSocket. */
  readonly stream: Duplex;
  /** Whether it chose `curfew.v1` and so reads and writes control messages. */
  readonly speaksControl: boolean;
  /** Its IP address, as the connection shows it. */
  readonly address: string;
}

/** What every session of a gateway shares. */
export interface SessionContext extends AdmissionContext {
  readonly scheduler: DeadlineScheduler;
  readonly policy: DeadlinePolicy;
  readonly dialling: DialOptions;
  readonly buffers: BufferPool;
  readonly events: SessionEvents;
  /** Runs the rest of a mass expiry in slices, after every target socket is gone. */
  readonly later: (task: () => void) => void;
}

/** What becomes of a session, for the registry, the log and the metrics. */
export interface SessionEvents {
  /** The target has accepted; `handshakeMs` since the client connected. */
  opened(session: Session, handshakeMs: number): void;
  renewed(session: Session): void;
  /** Nothing passes any more. `lateMs` is how late a deadline was kept; undefined for other ends. */
  ended(session: Session, reason: EndReason, detail: string | undefined, lateMs: number | undefined): void;
  /** Both sockets are gone. */
  closed(session: Session): void;
}

type Phase = "resolving" | "dialling" | "relaying" | "ended";

/** One client connection and its target connection, from accept to the end, with one deadline. */
export class Session {
  readonly id: string = randomUUID();
  readonly client: SessionClient;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  readonly #context: SessionContext;
  readonly #deadline: SessionDeadline;
  readonly #startedMonotonic: number;
  #phase: Phase = "resolving";
  #grant: Grant | undefined;
  #relay: Relay | undefined;
  #target: Socket | undefined;
  /** The lookup of a token that is under way. */
  #lookup: AbortController | undefined;
  #awaitingPong = false;
  /** Control messages that came before the target had accepted. */
  readonly #early: ClientMessage[] = [];

  constructor(client: SessionClient, context: SessionContext) {
    this.client = client;
    this.#context = context;
    this.startedAt = context.clock.wall();
    this.#startedMonotonic = context.clock.monotonic();
    this.#deadline = new SessionDeadline(context.clock, context.scheduler, context.policy, {
      expiring: (leftMs) => this.#warn(leftMs),
      expired: (lateMs) => this.#expire(lateMs),
    });
    const { socket } = client;
    socket.on("message", this.#onMessage).on("pong", this.#onPong);
    socket.on("error", this.#onClientFault).on("close", this.#onClientClose);
    // Nothing is read, and so nothing lost, until there is a target to write to.
    socket.pause();
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

  get phase(): Phase {
    return this.#phase;
  }

  /** Looks the token up, arms the deadline, dials and relays. Ends the session if anything fails. */
  async open(token: string | undefined): Promise<void> {
    try {
      const { grant, expiresAt } = await this.#admit(token);
      if (this.#hasEnded()) return;
      this.#grant = grant;
      // Before the dial, so that the deadline covers every phase.
      this.#deadline.set(expiresAt);
      this.#phase = "dialling";
      this.#relay = new Relay(this.client.socket, this.client.stream, this.#context.buffers);
      const { socket, connected } = dial(grant.target, this.#context.dialling, this.#relay.onread);
      this.#target = socket;
      socket.once("close", this.#onSocketClosed);
      this.#relay.attach(socket, this.#onTargetEnd);
      this.client.socket.resume();
      await connected;
      if (this.#hasEnded()) return;
      this.#phase = "relaying";
      this.#send({ type: "hello", session: this.id, ...this.#timeLeft(), renewable: this.#deadline.renewable });
      for (const message of this.#early.splice(0)) this.#onControl(message);
      this.client.socket.resume();
      this.#context.events.opened(this, this.#context.clock.monotonic() - this.#startedMonotonic);
    } catch (error) {
      const { reason, message } = EndError.from(error);
      this.end(reason, message);
    }
  }

  /** Ends the session now; does nothing when it has ended. */
  end(reason: ServerCloseReason, detail?: string): void {
    const leftMs = this.#deadline.leftMs ?? Infinity;
    if (!this.#cut(reason, detail)) return;
    // What a target sent last may take a slow client a while; even so nothing passes after the deadline.
    this.#farewell(reason, detail, reason === "target_closed" ? Math.min(LAST_BYTES_MS, leftMs) : CLOSING_HANDSHAKE_MS);
  }

  /** Asks the client for a sign of life, and gives it up when the last one stayed out. */
  heartbeat(): void {
    const { socket } = this.client;
    // A client that is behind gets the ping late, and one that is held back cannot answer.
    if (this.#awaitingPong && !socket.isPaused && socket.bufferedAmount === 0) return socket.terminate();
    this.#awaitingPong = true;
    socket.ping();
  }

  #warn(leftMs: number): void {
    // Before `hello`, which says how much is left, a client expects no other message.
    if (this.#phase === "relaying") this.#send({ type: "expiring", expiresInMs: Math.floor(leftMs) });
  }

  #expire(lateMs: number): void {
    const detail = "access has expired";
    if (this.#cut("session_expired", detail, lateMs)) {
      this.#context.later(() => this.#farewell("session_expired", detail, CLOSING_HANDSHAKE_MS));
    }
  }

  /** From here on no byte passes, and the target socket is gone. False when that was so already. */
  #cut(reason: EndReason, detail?: string, lateMs?: number): boolean {
    if (this.#phase === "ended") return false;
    this.#phase = "ended";
    const leftMs = this.#deadline.leftMs ?? Infinity;
    this.#deadline.clear();
    this.#lookup?.abort();
    this.#relay?.stop();
    // What a client sent before it left still reaches the target, if that takes it before the deadline.
    if (this.#target !== undefined) closeTarget(this.#target, reason === "client_closed" ? leftMs : 0);
    this.#context.events.ended(this, reason, detail, lateMs);
    return true;
  }

  #farewell(reason: ServerCloseReason, detail: string | undefined, graceMs: number): void {
    this.#send({ type: "bye", reason, ...(detail === undefined ? {} : { detail }) });
    // Stock clients know a target's end as 1000, the way websockify and Nova say it.
    const code = reason === "target_closed" && !this.client.speaksControl ? 1000 : CloseCode[reason];
    closeClient(this.client.socket, code, reason, graceMs);
  }

  #send(message: ServerMessage): void {
    const { socket, speaksControl } = this.client;
    if (speaksControl && socket.readyState === socket.OPEN) socket.send(JSON.stringify(message), { compress: false });
  }

  #timeLeft(): { expiresInMs: number | null } {
    const leftMs = this.#deadline.leftMs;
    return { expiresInMs: leftMs === null ? null : Math.floor(leftMs) };
  }

  /** A method, because after an `await` the compiler still believes the phase of before. */
  #hasEnded(): boolean {
    return this.#phase === "ended";
  }

  readonly #onMessage = (data: Buffer, isBinary: boolean): void => {
    if (this.#phase === "ended") return;
    // Stock clients type in text frames (xterm's AttachAddon); only curfew.v1 makes text control.
    if (isBinary || !this.client.speaksControl) return this.#relay?.forwardToTarget(data);
    const parsed = parseClientMessage(data.toString());
    if (parsed.ok === true) this.#takeControl(parsed.message);
    else if (parsed.ok === false) this.end("protocol_error", parsed.error);
  };

  /** `hello` is the first message of a session: answers wait for it, and meanwhile nothing more is read. */
  #takeControl(message: ClientMessage): void {
    if (this.#phase === "relaying") return this.#onControl(message);
    this.#early.push(message);
    this.client.socket.pause();
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
      const { reason, message } = EndError.from(error);
      if (!this.#hasEnded()) this.#send({ type: "renew_failed", id, reason, detail: message });
    }
  }

  readonly #onTargetEnd = (): void => {
    // While dialling, the failure of the dial says more.
    if (this.#phase === "relaying") this.end("target_closed", "the console closed the connection");
  };

  readonly #onPong = (): void => {
    this.#awaitingPong = false;
  };

  /** The client broke the WebSocket protocol; its code, 1002 or another, is on its way. */
  readonly #onClientFault = (error: Error): void => {
    if (this.#cut("protocol_error", error.message)) {
      closeClient(this.client.socket, 1002, "", CLOSING_HANDSHAKE_MS);
    }
  };

  readonly #onClientClose = (code: number): void => {
    this.#cut(code === 1006 ? "connection_lost" : "client_closed");
    this.#onSocketClosed();
  };

  readonly #onSocketClosed = (): void => {
    const { socket } = this.client;
    const bothGone = socket.readyState === socket.CLOSED && (this.#target === undefined || this.#target.closed);
    if (bothGone && this.#phase === "ended") this.#context.events.closed(this);
  };
}
