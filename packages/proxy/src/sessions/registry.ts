import type { ServerCloseReason } from "@curfew/protocol";
import { BufferPool } from "../net/buffer-pool.ts";
import { EndError } from "../end-reason.ts";
import type { TakeoverAnswer, TakeoverBy } from "../limits/takeover.ts";
import type { RelayedBytes } from "../telemetry/session-info.ts";
import { DeadlineScheduler } from "../time/scheduler.ts";
import type { SessionClient } from "./session-client.ts";
import { Session } from "./session.ts";
import type { SessionContext, SessionLifecycle } from "./session-context.ts";
import { Revalidation } from "./revalidation.ts";
import { Withdrawn } from "./withdrawn.ts";
import type { ForeignToken, Grant } from "../tokens/grant.ts";
import { type Lock, LOCKED, type LockEffect, REVOKED } from "../tokens/lock.ts";
import { callSafely } from "../time/call-safely.ts";
import { createTaskQueue } from "../time/task-queue.ts";
import { Turns } from "../time/turns.ts";

/** How often clients are looked at, at the least, in milliseconds. */
const HEARTBEAT_MS = 5000;

/** How often a quiet client is pinged by default, so that load balancers keep the connection, in milliseconds. */
const PING_MS = 30_000;

/** How many sessions are looked at in one piece of work. */
const HEARTBEAT_SESSIONS = 100;

/**
 * How long the sockets of ended sessions may stay open when the gateway stops, in milliseconds: a little more than a
 * session gives them.
 */
const CLOSING_MS = 12_000;

/**
 * How long ago a token may have expired whose session goes on, so that it is still checked, in milliseconds: stores forget
 * a token a day after its expiry.
 */
const EXPIRED_MS = 12 * 60 * 60 * 1000;

/** From how many sessions on a common end is done in slices. */
const MANY = 16;

/** What the sessions of a registry share, less what the registry itself provides. */
export type RegistryOptions = Omit<
  SessionContext<Session>,
  "scheduler" | "turns" | "buffers" | "defer" | "lifecycle" | "withdrawn"
> & {
  /** Milliseconds between two checks of the grants of running sessions; 0 for none. @defaultValue 0 */
  readonly revalidateMs?: number;
  /** Milliseconds after which a quiet client is pinged. @defaultValue 30,000 */
  readonly pingMs?: number;
};

/** What can be changed while sessions run: it holds for those that open, and where it is read later than that. */
export type RegistryChanges = Pick<RegistryOptions, "consoles" | "policy" | "idleTimeoutMs" | "dialing">;

/** All sessions of a gateway. */
export class SessionRegistry {
  readonly #context: SessionContext<Session>;
  readonly #running = new Map<string, Session>();
  /** Ended, but a socket is still open: the closing handshake, at most a few seconds. */
  readonly #closing = new Set<Session>();
  readonly #revalidation: Revalidation;
  /** How often clients are looked at, in milliseconds. */
  readonly #heartbeatMs: number;
  /** How many times later a quiet client is pinged. */
  readonly #fullHeartbeat: number;
  #heartbeat: NodeJS.Timeout | undefined;
  #heartbeats = 0;
  #ended: PromiseWithResolvers<void> | undefined;
  #idle: PromiseWithResolvers<void> | undefined;

  /** @internal Made by the gateway. */
  constructor(options: RegistryOptions) {
    const scheduler = new DeadlineScheduler(options.clock);
    const { pingMs = PING_MS } = options;
    this.#fullHeartbeat = Math.ceil(pingMs / HEARTBEAT_MS);
    this.#heartbeatMs = pingMs / this.#fullHeartbeat;
    this.#context = {
      ...options,
      scheduler,
      turns: new Turns(() => scheduler.runDue()),
      buffers: new BufferPool(),
      defer: createTaskQueue(),
      withdrawn: new Withdrawn(options.clock),
      lifecycle: this.#trackSessions(),
    };
    this.#revalidation = new Revalidation({
      intervalMs: options.revalidateMs ?? 0,
      sessions: () => this.#running.values(),
      end: (sessions, { reason, detail }) => void this.endAll(reason, detail, (session) => sessions.has(session)),
      events: options.events,
    });
  }

  /** @internal Running sessions keep their deadlines and their targets. */
  configure(changes: RegistryChanges): void {
    Object.assign(this.#context, changes);
  }

  /** @internal When the oldest of them began, in milliseconds since the epoch; Infinity without one. */
  get oldestStart(): number {
    let oldest = Infinity;
    for (const { startedAt } of this.#running.values()) oldest = Math.min(oldest, startedAt);
    return oldest;
  }

  /** Sessions that have not ended. */
  get size(): number {
    return this.#running.size;
  }

  /** Sessions that ended while one of their sockets is still open. */
  get closing(): number {
    return this.#closing.size;
  }

  /** @internal Shares the event loop among the clients and targets of all sessions. */
  get turns(): Turns {
    return this.#context.turns;
  }

  /** Entries in the deadline scheduler. */
  get deadlines(): number {
    return this.#context.scheduler.size;
  }

  /** @internal Begins a session; whatever fails ends it with a reason. */
  open(client: SessionClient, token: string | undefined): Session {
    const session = this.#begin(client);
    this.#context.traces?.enter(session, "lookup", client.traceparent);
    void session.open(token, client.onAuthenticated);
    return session;
  }

  /** @internal Tells a client why it gets no session. */
  refuse(client: SessionClient, error: EndError): void {
    this.#begin(client).onFailed(error);
  }

  get(id: string): Session | undefined {
    const session = this.#running.get(id);
    return session?.phase === "ended" ? undefined : session;
  }

  /** The sessions that have not ended, oldest first. */
  list(): readonly Session[] {
    return [...this.#running.values()].filter(({ phase }) => phase !== "ended");
  }

  /**
   * @internal The ids of the tokens that opened them, and of those that renewed them last, but for tokens that expired long
   * ago, however long a session was extended.
   */
  get tokenIds(): readonly string[] {
    return this.#checkedGrants.map(({ tokenId }) => tokenId);
  }

  /** @internal The same, of tokens that other gateways have issued. */
  get foreignTokens(): readonly ForeignToken[] {
    return this.#checkedGrants.flatMap(({ tokenId, issuer }) => (issuer === undefined ? [] : { tokenId, issuer }));
  }

  get #checkedGrants(): readonly Grant[] {
    const since = Date.now() - EXPIRED_MS;
    const shown = this.list().flatMap(({ shownGrants }) => shownGrants);
    return shown.filter(({ expiresAt = Infinity }) => expiresAt > since);
  }

  /** Bytes that the sessions which have not ended have passed so far. */
  bytes(): RelayedBytes {
    const sum = { toClient: 0, toTarget: 0 };
    for (const { bytes } of this.#running.values()) {
      sum.toClient += bytes.toClient;
      sum.toTarget += bytes.toTarget;
    }
    return sum;
  }

  /**
   * Ends every session that `which` picks, and says how many.
   *
   * @param message - from the operator, for the users.
   */
  endAll(
    reason: ServerCloseReason,
    detail: string,
    which: (session: Session) => boolean = () => true,
    message?: string,
  ): number {
    const picked = this.list().filter(which);
    for (const session of picked) {
      callSafely(() => {
        if (picked.length < MANY) session.end(reason, detail, message);
        else session.endAmongMany({ reason, detail }, message);
      });
    }
    return picked.length;
  }

  /**
   * Ends the sessions that a token opened or renewed last. A look-up of it that is under way opens and renews
   * nothing (rule 12).
   *
   * @returns how many sessions were ended.
   */
  revoke(tokenId: string, detail: string): number {
    this.#context.withdrawn.revocations.add(tokenId);
    return this.endAll("session_terminated", detail, (session) => grantOf(session, tokenId) !== undefined);
  }

  /**
   * Puts a lock in force: ends the sessions that it applies to, and refuses them from now on, also those whose look-up,
   * dial or renewal is under way.
   *
   */
  lock(lock: Lock): LockEffect {
    const applies = this.#context.withdrawn.locks.set(lock);
    if (lock.subject !== "token") {
      return { ended: this.endAll("session_terminated", LOCKED, applies, lock.message), expiresAt: undefined };
    }
    const grants = this.list().map((session) => grantOf(session, lock.value));
    const expiresAt = grants.find((grant) => grant !== undefined)?.expiresAt;
    const isIts = (session: Session): boolean => grantOf(session, lock.value) !== undefined;
    return { ended: this.endAll("session_terminated", REVOKED, isIts, lock.message), expiresAt };
  }

  /** Lifts the lock with this id. */
  unlock(id: string): void {
    this.#context.withdrawn.locks.delete(id);
  }

  /** @internal Asks the user of a session whether another one may take its place; `allowed` where there is none. */
  async askTakeover(id: string, by: TakeoverBy, signal: AbortSignal): Promise<TakeoverAnswer> {
    return (await this.get(id)?.askTakeover(by, signal)) ?? "allowed";
  }

  /** @internal Fulfils when no session runs; clients that are refused meanwhile do not count. */
  async ended(): Promise<void> {
    if (this.#running.size === 0) return;
    this.#ended ??= Promise.withResolvers();
    await this.#ended.promise;
  }

  /** @internal Waits until every socket is closed; those that stay open for too long are destroyed. */
  async closed(): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, CLOSING_MS);
    await Promise.race([this.idle(), late.promise]);
    clearTimeout(timer);
    this.destroyClosing();
  }

  /** @internal Destroys the sockets that are still open of sessions that have ended. */
  destroyClosing(): void {
    for (const { channels } of this.#closing) {
      for (const channel of channels) {
        channel.closeTarget(0);
        channel.connection.terminate();
      }
    }
  }

  /** Fulfils when no session runs and every socket is closed. */
  async idle(): Promise<void> {
    if (this.#running.size + this.#closing.size === 0) return;
    this.#idle ??= Promise.withResolvers();
    await this.#idle.promise;
  }

  #begin(client: SessionClient): Session {
    const session = new Session(client, this.#context);
    this.#running.set(session.id, session);
    this.#revalidation.start();
    this.#heartbeat ??= setInterval(() => {
      this.#heartbeats += 1;
      this.#sendHeartbeats(this.#running.values(), this.#heartbeats % this.#fullHeartbeat === 0);
    }, this.#heartbeatMs);
    return session;
  }

  /** Ten thousand pings take a while, and no deadline is to wait behind them. */
  #sendHeartbeats(sessions: Iterator<Session>, isFull: boolean): void {
    for (let count = 0; count < HEARTBEAT_SESSIONS; count += 1) {
      const { done, value: session } = sessions.next();
      if (done === true) return;
      session.heartbeat(isFull);
    }
    this.#context.defer(() => this.#sendHeartbeats(sessions, isFull));
  }

  /** The session that a target gave this number, of the same token as another: both together name it. */
  #findNumbered({ grant }: Session, number: number): Session | undefined {
    if (grant === undefined) return undefined;
    for (const session of this.#running.values()) {
      const isIt = session.number === number && grantOf(session, grant.tokenId) !== undefined;
      if (isIt && session.phase === "relaying" && session.mayPass()) return session;
    }
    return undefined;
  }

  #trackSessions(): SessionLifecycle<Session> {
    return {
      ended: (session) => {
        this.#running.delete(session.id);
        this.#closing.add(session);
        if (this.#running.size === 0) {
          clearInterval(this.#heartbeat);
          this.#heartbeat = undefined;
          this.#revalidation.stop();
          this.#ended?.resolve();
          this.#ended = undefined;
        }
      },
      closed: (session) => {
        this.#closing.delete(session);
        if (this.#running.size + this.#closing.size > 0) return;
        this.#idle?.resolve();
        this.#idle = undefined;
      },
      join: (session, number) => {
        const target = this.#findNumbered(session, number);
        if (target === undefined) throw new EndError("protocol_error", "the channel names no session of its token");
        target.adopt(session);
        this.#context.traces?.enter(session, "joined");
        this.#running.delete(session.id);
      },
    };
  }
}

/** The grant of a token that opened a session or renewed it last; undefined for any other. */
function grantOf({ grant, shownGrants }: Session, tokenId: string): Grant | undefined {
  return [grant, ...shownGrants].find((each) => each?.tokenId === tokenId);
}
