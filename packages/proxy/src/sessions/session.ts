import type { ServerCloseReason } from "@curfew/protocol";
import { randomUUID } from "node:crypto";
import { EndError, type EndReason } from "../end-reason.ts";
import type { Lease } from "../limits/lease.ts";
import type { TakeoverAnswer, TakeoverBy } from "../limits/takeover.ts";
import type { RelayedBytes, SessionEnd, SessionInfo } from "../telemetry/session-info.ts";
import type { Grant } from "../tokens/grant.ts";
import type { LookupRequest, SettledGrant } from "../tokens/lookups.ts";
import { AbortableStep } from "./abortable-step.ts";
import { admit } from "./admission.ts";
import { Channel } from "./channel.ts";
import { Channels } from "./channels.ts";
import type { PublicEnd, TimeLeft } from "./control-messages.ts";
import { admitRenewal, confirmRenewal, extendGrant, requestSlot, watchers } from "./entry.ts";
import { IdleTimer } from "./idle-timer.ts";
import { RenewalLimit } from "./renewal-limit.ts";
import type { SessionClient } from "./session-client.ts";
import type { ServerEnd, SessionContext, SessionPhase } from "./session-context.ts";
import { SessionDeadline } from "./session-deadline.ts";
import { TakeoverQuestion } from "./takeover-question.ts";

/**
 * One user's session at one console, from accept to the end, with one grant, one deadline, one idle timer and one slot in
 * the limits. Its bytes pass through {@link Channel}s: one, or with SPICE several, which begin as sessions of their own
 * until they have said whose they are. Whatever ends the session ends all of them.
 */
export class Session implements SessionInfo {
  readonly id: string = randomUUID();
  readonly clientAddress: string;
  readonly clientCertificate: string | undefined;
  /** @internal The `Origin` header of the client's request; undefined if there was none. */
  readonly origin: string | undefined;
  /** Milliseconds since the epoch. */
  readonly startedAt: number;
  /** The scheme of the page, and the type of console that its request asks for. */
  readonly #asked: Pick<LookupRequest, "pageScheme" | "consoleType">;
  readonly #channels: Channels;
  readonly #context: SessionContext<Session>;
  readonly #deadline: SessionDeadline;
  readonly #startedMonotonic: number;
  #phase: SessionPhase = "resolving";
  #number: number | undefined;
  /** The grant that opened the session, and the one that renewed it last, as their tokens gave them. */
  #shown: readonly Grant[] = [];
  /** The last of them, with an expiry of its own after an extension. */
  #grant: Grant | undefined;
  #idle: IdleTimer | undefined;
  /** The opening, until the session dials, or a renewal. Aborted when the session ends. */
  readonly #step = new AbortableStep();
  /** The slot that the session holds. */
  #lease: Lease | undefined;
  readonly #renewals = new RenewalLimit();
  #takeover: TakeoverQuestion | undefined;
  /** Whether the observers know of the end; at a mass expiry they are informed after all bytes have stopped. */
  #reported = false;

  /** @internal Made by the registry. */
  constructor(client: SessionClient, context: SessionContext<Session>) {
    this.clientAddress = client.address;
    this.clientCertificate = client.certificate;
    this.origin = client.origin;
    this.#asked = { pageScheme: client.scheme, consoleType: client.consoleType };
    this.#context = context;
    this.startedAt = context.clock.wall();
    this.#startedMonotonic = context.clock.monotonic();
    this.#deadline = new SessionDeadline(context.clock, context.scheduler, context.policy, {
      expiring: (leftMs) => {
        for (const { control } of this.#channels) control.expiring(leftMs);
      },
      expired: (lateMs) => this.#expire(lateMs),
    });
    this.#channels = new Channels(new Channel(client.connection, context, this));
  }

  /** What the current token entitles to; undefined until it was looked up. */
  get grant(): Grant | undefined {
    return this.#grant;
  }

  get bytes(): RelayedBytes {
    return this.#channels.bytes;
  }

  /** When the session ends, in milliseconds since the epoch; null when nothing will end it. */
  get expiresAt(): number | null {
    return this.#deadline.wall;
  }

  /** @internal */
  get timeLeft(): TimeLeft {
    return this.#deadline.timeLeft;
  }

  /** Milliseconds since the client connected. */
  get ageMs(): number {
    return this.#context.clock.monotonic() - this.#startedMonotonic;
  }

  get phase(): SessionPhase {
    return this.#phase;
  }

  /** @internal */
  get channels(): readonly Channel[] {
    return this.#channels.all;
  }

  /** @internal What the target calls the session, once it has said so; undefined where it has no name for it. */
  get number(): number | undefined {
    return this.#number;
  }

  /** @internal The grants of the tokens that opened the session and renewed it last, without what an extension moved. */
  get shownGrants(): readonly Grant[] {
    return this.#shown;
  }

  /** @internal Looks the token up, arms the deadline, dials and relays. Ends the session if anything fails. */
  async open(token: string | undefined, onAuthenticated?: () => void): Promise<void> {
    try {
      const grant = await this.#step.run((signal) => this.#prepare(token, signal, onAuthenticated));
      if (grant === undefined || this.#hasEnded()) return;
      this.#phase = "dialing";
      this.#idle = IdleTimer.for(this.#context, this);
      const [channel] = this.#channels;
      await channel?.connect(grant, this.#watch(grant));
      if (this.#hasEnded()) return;
      this.#phase = "relaying";
      this.#idle?.start();
      channel?.hello(this.id, this.timeLeft, grant.access);
      this.#context.events.notify({ type: "session_opened", session: this, handshakeMs: this.ageMs });
    } catch (error) {
      this.onFailed(error);
    }
  }

  /** Ends the session now; does nothing when it has ended. The client is told the detail, and the user the message. */
  end(reason: ServerCloseReason, detail?: string, message?: string): void {
    this.#end({ reason, detail }, { reason, detail, message });
  }

  /**
   * @internal Ends the session as one of many: no byte passes from now on. Then, in slices, every target is destroyed,
   * and only after the last one are the clients, the log and the metrics informed.
   */
  endAmongMany(end: ServerEnd, message?: string): void {
    if (!this.#stop()) return;
    const { defer } = this.#context;
    defer(() => {
      this.#channels.closeTargets(0);
      defer(() => {
        this.#report(end);
        this.#channels.closeClients({ reason: end.reason, detail: end.detail, message }, this.#deadline.remainingMs);
      });
    });
  }

  /** @param told - what the client is told. */
  #end(end: ServerEnd, told: PublicEnd): void {
    if (!this.#stop()) return;
    this.#channels.closeTargets(0);
    this.#report(end);
    this.#channels.closeClients(told, this.#deadline.remainingMs);
  }

  /** @internal */
  heartbeat(isFull: boolean): void {
    this.#reportOutlived();
    for (const channel of this.#channels) channel.heartbeat(isFull);
  }

  /** @internal */
  onUserInput(): void {
    this.#idle?.onInput();
  }

  /** @internal */
  onTargetEnd(channel: Channel): void {
    // While dialing, the failure of the dial says more.
    if (this.#phase !== "relaying" || !channel.isOpen) return;
    const failure = this.#grant && channel.securityFailure(this.#grant.endpoint, this.ageMs);
    if (failure !== undefined) return this.onChannelFailed(channel, failure);
    const detail = "the console closed the connection";
    if (this.#channels.isFirst(channel)) this.end("target_closed", detail);
    else channel.end({ reason: "target_closed", detail }, this.#deadline.remainingMs);
  }

  /** @internal */
  onClientLeft(channel: Channel, code: number): void {
    if (this.#channels.isFirst(channel)) this.#leave(code === 1006 ? "connection_lost" : "client_closed");
    else channel.leave(code === 1006 ? 0 : this.#deadline.remainingMs);
  }

  /** @internal */
  onNumber(number: number): void {
    this.#number = number;
  }

  /**
   * @internal Takes over the channel of a session that has not dialed; that session is none any more.
   *
   * @throws EndError `server_busy` when this one takes no more.
   */
  adopt(other: Session): void {
    const channel = this.#channels.adopt(other.#channels);
    other.#phase = "ended";
    other.#deadline.clear();
    channel.moveTo(this);
    void this.#connect(channel);
  }

  async #connect(channel: Channel): Promise<void> {
    const grant = this.#grant;
    if (grant === undefined) return;
    try {
      await channel.connect(grant, this.#watch(grant));
      if (!this.#hasEnded()) channel.hello(this.id, this.timeLeft, grant.access);
    } catch (error) {
      this.onChannelFailed(channel, error);
    }
  }

  /** @internal A channel that joined the session fails alone, as it ends alone. */
  onChannelFailed(channel: Channel, failure: unknown): void {
    if (this.#channels.isFirst(channel)) return this.onFailed(failure);
    // A client that has left the channel has ended the dial.
    if (!channel.connection.isOpen) return;
    const error = EndError.from(failure);
    this.#context.events.notify({ type: "channel_failed", session: this, error });
    channel.end({ reason: error.reason, detail: error.publicMessage }, this.#deadline.remainingMs);
  }

  /** @internal */
  onProtocolError(detail: string): void {
    this.end("protocol_error", detail);
  }

  /** @internal Called for every piece of the session's bytes: if the event loop is late, this ends it, not the timer. */
  mayPass(): boolean {
    const { lateMs } = this.#deadline;
    if (lateMs === undefined) return true;
    this.#expire(lateMs);
    return false;
  }

  /** @internal */
  onFailed(error: unknown): void {
    const { reason, message: detail, publicMessage, operatorMessage, cause } = EndError.from(error);
    this.#end({ reason, detail, cause }, { reason, detail: publicMessage, message: operatorMessage });
  }

  /** @internal */
  onSocketClosed(): void {
    if (!this.#reported) return this.#channels.forgetClosed();
    // A client that does not go counts against the limits as long as its connection exists.
    if (this.channels.every(({ connection }) => connection.isClosed)) this.#lease?.release();
    if (this.channels.every(({ isClosed }) => isClosed)) this.#context.lifecycle.closed(this);
  }

  #watch(grant: Grant): ReturnType<typeof watchers> {
    return watchers(this, grant, this.#context, this.#idle !== undefined);
  }

  #expire(lateMs: number): void {
    const detail = this.#deadline.isLongest ? "the session has reached its longest duration" : "access has expired";
    this.endAmongMany({ reason: "session_expired", detail, lateMs });
  }

  /** The client ended the session. */
  #leave(reason: Exclude<EndReason, ServerCloseReason>): void {
    if (!this.#stop()) return;
    const { remainingMs } = this.#deadline;
    // What a client sent before it left still reaches the target, if that takes it before the deadline.
    this.#channels.closeTargets(reason === "client_closed" ? remainingMs : 0);
    this.#report({ reason });
    // The client has left for good; it may not have closed its other channels.
    this.#channels.closeClients({ reason: "target_closed", detail: "the main channel was closed" }, remainingMs);
  }

  /** From here on no byte passes. False when that was so already. */
  #stop(): boolean {
    if (this.#phase === "ended") return false;
    this.#phase = "ended";
    this.#deadline.clear();
    this.#idle?.stop();
    this.#step.abort();
    this.#channels.stop();
    this.#takeover?.end();
    return true;
  }

  /** Reports the end; only then may it be reported that the sockets are gone. */
  #report(end: SessionEnd): void {
    this.#reported = true;
    this.#reportOutlived();
    this.#context.lifecycle.ended(this);
    this.#renewals.reportRefused(this, this.#context);
    this.#context.events.notify({ type: "session_ended", session: this, end });
    this.onSocketClosed();
  }

  #reportOutlived(): void {
    if (!this.#deadline.takeOutlived(this.#grant?.expiresAt ?? Infinity)) return;
    this.#context.events.notify({ type: "session_outlived", session: this });
  }

  /** A method, because after an `await` the compiler still believes the phase of before. */
  #hasEnded(): boolean {
    return this.#phase === "ended";
  }

  /** Everything before the dial. Returns undefined when the session has ended meanwhile. */
  async #prepare(
    token: string | undefined,
    signal: AbortSignal,
    onAuthenticated?: () => void,
  ): Promise<Grant | undefined> {
    const { events, lifecycle } = this.#context;
    const grant = await this.#admit(token, signal, false);
    if (this.#hasEnded()) return undefined;
    this.#context.withdrawn.refuse(grant, this.clientAddress);
    this.#shown = [grant];
    this.#grant = grant;
    // Before anything else is waited for, so that the deadline covers every phase.
    this.#deadline.set(grant.expiresAt);
    const number = await this.channels[0]?.identify(grant.type);
    if (this.#hasEnded()) return undefined;
    // Not earlier: a client that does not say what it opens has no session that a limit counts.
    onAuthenticated?.();
    // What belongs to a session that runs joins it, and is no session of its own.
    if (number !== undefined) lifecycle.join(this, number);
    if (this.#hasEnded()) return undefined;
    await events.ask({ type: "session_requested", session: this }, signal);
    if (this.#hasEnded()) return undefined;
    const lease = await requestSlot(this, grant, this.#context, signal, () => this.#awaitTakeover());
    if (this.#hasEnded()) lease.release();
    else this.#lease = lease;
    // Last: what was refused until here has used nothing up.
    await this.#context.lookups.use(grant);
    return grant;
  }

  #awaitTakeover(): void {
    if (this.#hasEnded()) return;
    this.#phase = "asking";
    for (const channel of this.#channels) channel.awaitTakeover();
  }

  /** @internal Asks this session's user whether another session may take its place, until `signal` aborts. */
  async askTakeover(by: TakeoverBy, signal: AbortSignal): Promise<TakeoverAnswer> {
    this.#takeover ??= new TakeoverQuestion(this, this.#context);
    return await this.#takeover.ask(by, signal);
  }

  /** @internal */
  onTakeoverAnswer(id: number, allow: boolean): void {
    this.#takeover?.answer(id, allow);
  }

  async #admit(token: string | undefined, signal: AbortSignal, isRenewal: boolean): Promise<SettledGrant> {
    const { clientAddress, origin } = this;
    return await admit(token, this.#context, { ...this.#asked, clientAddress, origin, signal, isRenewal });
  }

  /** @internal */
  mayRenew(): boolean {
    return this.#renewals.take(this, this.#context);
  }

  /** @internal */
  async renew(token: string): Promise<TimeLeft> {
    const { events } = this.#context;
    try {
      if (this.#step.isRunning) throw new EndError("server_busy", "another renewal is under way");
      const { grant, lease } = await this.#step.run((signal) =>
        admitRenewal(this, this.#admit(token, signal, true), this.#context, signal),
      );
      this.#lease = confirmRenewal(this, { grant, lease }, this.#lease, this.#context);
      this.#shown = [...this.#shown.slice(0, 1), grant];
      this.#grant = grant;
      this.#deadline.set(grant.expiresAt);
      events.notify({ type: "session_renewed", session: this });
      return this.timeLeft;
    } catch (error) {
      if (!this.#hasEnded()) events.notify({ type: "renewal_refused", session: this, error: EndError.from(error) });
      throw error;
    }
  }

  /** Moves the deadline to `expiresAt`, in milliseconds since the epoch. @throws EndError when that cannot be. */
  extend(expiresAt: number): void {
    this.#grant = extendGrant(this, this.#deadline, expiresAt);
    for (const { control } of this.#channels) control.extended(this.timeLeft);
  }

  /** @internal */
  warnIdle(endsInMs: number | null): void {
    for (const { control } of this.#channels) control.idleWarning(endsInMs);
  }
}
