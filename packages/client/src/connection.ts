import type { ClientMessage } from "@curfew/protocol";
import { ConsoleChannel } from "./channel.ts";
import type { CloseInfo } from "./close-info.ts";
import { Emitter, type ListenOptions, type Unsubscribe } from "./emitter.ts";
import { ConsoleError, StopRetrying } from "./errors.ts";
import { backoff } from "./backoff.ts";
import { type Address, BadGrant, addressOf } from "./grant.ts";
import { Log } from "./log.ts";
import { initialState, step } from "./machine/step.ts";
import type { Effect, MachineEvent, MachineState } from "./machine/types.ts";
import type { ConsoleOptions, ReconnectContext } from "./options.ts";
import { PageWatch } from "./page-watch.ts";
import { report } from "./report.ts";
import { settingsOf } from "./settings.ts";
import type { ConnectionStatistics, ConsoleEvents, ConsoleState, SessionInfo } from "./state.ts";
import { Timers } from "./timers.ts";
import { type Waiter, endedError, settle } from "./waiters.ts";

/**
 * A console's connection: owns the socket, the control messages, expiry, renewal and reconnection.
 * Knows no viewer; give one the bytes through the event `channel`.
 */
export class ConsoleConnection {
  readonly #options: ConsoleOptions;
  readonly #events = new Emitter<ConsoleEvents>();
  readonly #log: Log;
  readonly #timers = new Timers((name) => this.#dispatch({ type: "timer", name }));
  readonly #page: PageWatch;
  readonly #backoff = backoff();
  readonly #queue: MachineEvent[] = [];
  #machine: MachineState;
  /** Follows the machine event by event, so that listeners see the state that they are told of. */
  #state: ConsoleState;
  #channel: ConsoleChannel | null = null;
  #authorizeError: unknown;
  #lastFrameAt = 0;
  #bytesReceived = 0;
  #bytesSent = 0;
  #roundTripMs: number | null = null;
  #callbacks = new AbortController();
  #running = false;
  readonly #connecting: Waiter[] = [];
  /** Calls of `renew()` whose event has not had its turn, and those whose answer is awaited. */
  readonly #renewRequests: Waiter[] = [];
  readonly #renewing: Waiter[] = [];

  /** @throws RangeError for a duration that is not a number from 0. */
  constructor(options: ConsoleOptions) {
    this.#options = options;
    this.#log = new Log(options.log);
    this.#machine = initialState(settingsOf(options));
    this.#state = this.#machine.published;
    this.#page = new PageWatch(
      (type) => this.#dispatch({ type }),
      () => this.#dispatch({ type: "close", detail: "the signal was aborted" }),
      options.signal,
    );
  }

  /** The same object until the state changes: made for React's `useSyncExternalStore`. */
  get state(): ConsoleState {
    return this.#state;
  }

  /** The byte channel; null unless a socket exists. A new one for each attempt. */
  get channel(): ConsoleChannel | null {
    return this.#channel;
  }

  /**
   * Resolves when connected; rejects with a {@link ConsoleError} if it ends first. From `idle` and
   * `closed` it opens the console (so a page's "open again" button is the same call), in
   * `reconnecting` it tries at once, otherwise it waits for what is under way.
   */
  connect(): Promise<void> {
    if (this.#options.signal?.aborted) {
      void this.close("the signal was aborted");
      return Promise.reject(new ConsoleError("aborted", "the signal was aborted before connect()"));
    }
    if (this.state.status === "connected") return Promise.resolve();
    return new Promise((resolve, reject) => {
      this.#connecting.push({ resolve, reject });
      this.#dispatch({ type: "connect", hidden: this.#page.hidden });
    });
  }

  /**
   * Moves the end of the running session, without dropping the connection. Without `token` the
   * option `renew` is asked for one; a call during a renewal joins it.
   *
   * Rejects with a {@link ConsoleError}: `not_connected`, `not_renewable`, `renew_failed` (the old
   * deadline stands), `timeout` (no answer within 10 s), `aborted`.
   */
  renew(token?: string): Promise<void> {
    if (token !== undefined) this.#log.hide(token);
    return new Promise((resolve, reject) => {
      this.#renewRequests.push({ resolve, reject });
      this.#dispatch({ type: "renew", token: token ?? null });
    });
  }

  /**
   * Asks the gateway to send a serial BREAK of `durationMs` milliseconds. Returns false when not
   * connected, or when the server does not speak `curfew.v1`.
   */
  sendBreak(durationMs?: number): boolean {
    if (this.state.status !== "connected" || this.state.session === null) return false;
    this.#send({ type: "break", ...(durationMs === undefined ? {} : { durationMs }) });
    return true;
  }

  /** What went over the connection so far, all of its attempts together. */
  statistics(): ConnectionStatistics {
    return { bytesReceived: this.#bytesReceived, bytesSent: this.#bytesSent, roundTripMs: this.#roundTripMs };
  }

  /** Ends the connection and resolves once `closed`. Safe in any state, any number of times. */
  close(detail?: string): Promise<void> {
    this.#dispatch({ type: "close", ...(detail === undefined ? {} : { detail }) });
    return Promise.resolve();
  }

  /** For {@link ConsoleOptions.waitForViewer}: the viewer finished its handshake. */
  viewerReady(): void {
    this.#dispatch({ type: "viewerReady" });
  }

  /** The viewer waits for a person (a password, say): `helloTimeoutMs` stops for this attempt. */
  viewerWaiting(): void {
    this.#dispatch({ type: "viewerWaiting" });
  }

  /** Ends the connection with the reason `viewer_failed`. */
  viewerFailed(detail: string): void {
    this.#dispatch({ type: "viewerFailed", detail });
  }

  /** Listens for an event. A listener that throws does not disturb the others. */
  on<K extends keyof ConsoleEvents>(
    type: K,
    listener: (event: ConsoleEvents[K]) => void,
    options?: ListenOptions,
  ): Unsubscribe {
    return this.#events.on(type, listener, options);
  }

  /** One event at a time, with all of its effects: what an effect causes waits for its turn. */
  #dispatch(event: MachineEvent): void {
    this.#queue.push(event);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        if (next.type === "renew") this.#renewing.push(...this.#renewRequests.splice(0, 1));
        const { state, effects } = step(this.#machine, next, {
          now: performance.now(),
          lastFrameAt: this.#lastFrameAt,
        });
        this.#machine = state;
        for (const effect of effects) this.#perform(effect);
      }
    } finally {
      this.#running = false;
    }
  }

  #perform(effect: Effect): void {
    switch (effect.type) {
      case "emit":
        if (effect.name === "state") this.#moveTo(effect.event);
        else this.#log.write("debug", effect.name);
        if (effect.name === "latency") this.#roundTripMs = effect.event.rttMs;
        this.#events.emit(effect.name, effect.event);
        break;
      case "authorize":
        void this.#authorize(effect.serial, effect.attempt, effect.cause);
        break;
      case "openSocket":
        this.#openSocket(effect.serial, effect.address);
        break;
      case "announceChannel":
        if (this.#channel) this.#events.emit("channel", this.#channel);
        break;
      case "closeSocket":
        this.#channel?.finish(effect.code, effect.reason);
        this.#channel = null;
        break;
      case "send":
        this.#send(effect.message);
        break;
      case "setTimer":
        this.#timers.set(effect.name, effect.ms);
        break;
      case "clearTimer":
        this.#timers.clear(effect.name);
        break;
      case "clearTimers":
        this.#timers.clearAll();
        break;
      case "askPolicy":
        this.#dispatch({ type: "policy", serial: effect.serial, delayMs: this.#askPolicy(effect.context) });
        break;
      case "fetchToken":
        void this.#fetchToken(effect.serial, effect.id, effect.session);
        break;
      case "cancelCallbacks":
        this.#callbacks.abort();
        break;
      case "settleRenewals":
        settle(this.#renewing.splice(0), effect.error);
        break;
      case "watchPage":
        this.#page.start();
        break;
      case "unwatchPage":
        this.#page.stop();
        break;
    }
  }

  #moveTo(state: ConsoleState): void {
    this.#state = state;
    if (state.status !== "connected") this.#roundTripMs = null;
    const cause = "cause" in state ? { reason: state.cause.reason, code: state.cause.code } : {};
    this.#log.write("debug", `state: ${state.status}`, cause);
    if (state.status === "connected") settle(this.#connecting.splice(0), null);
    if (state.status === "closed") settle(this.#connecting.splice(0), endedError(state.cause, this.#authorizeError));
  }

  async #authorize(serial: number, attempt: number, cause: CloseInfo | null): Promise<void> {
    this.#callbacks = new AbortController();
    const { signal } = this.#callbacks;
    this.#authorizeError = undefined;
    let address: Address;
    try {
      const grant = await this.#options.authorize({ cause, attempt, signal });
      address = addressOf(grant, globalThis.location?.href);
      this.#log.hide(grant.token ?? "", ...new URL(address.url).searchParams.values());
    } catch (error) {
      if (signal.aborted) return;
      this.#authorizeError = error;
      const detail = this.#log.clean(messageOf(error));
      this.#log.write("warn", `authorize() failed: ${detail}`, { attempt });
      const stop = error instanceof StopRetrying || error instanceof BadGrant;
      this.#dispatch({ type: "authorizeFailed", serial, detail, stop });
      return;
    }
    this.#dispatch({ type: "authorized", serial, address });
  }

  async #fetchToken(serial: number, id: number, session: SessionInfo): Promise<void> {
    this.#callbacks = new AbortController();
    const { signal } = this.#callbacks;
    let token: string | undefined;
    try {
      token = await this.#options.renew?.({ session, signal });
    } catch (error) {
      if (!signal.aborted) this.#log.write("warn", `the renew callback failed: ${messageOf(error)}`);
      this.#dispatch({ type: "tokenFetchFailed", serial, id, cause: error });
      return;
    }
    if (typeof token === "string") this.#log.hide(token);
    this.#dispatch({ type: "tokenFetched", serial, id, token: token ?? "" });
  }

  #openSocket(serial: number, { url, protocols }: Address): void {
    const create = this.#options.webSocket ?? ((to, offered) => new WebSocket(to, offered));
    try {
      this.#log.write("debug", `opening ${url}`);
      this.#lastFrameAt = performance.now();
      this.#channel = new ConsoleChannel(create(url, protocols), {
        opened: (protocol) => this.#dispatch({ type: "opened", serial, protocol }),
        control: (text) => this.#dispatch({ type: "control", serial, text }),
        received: (bytes) => {
          this.#lastFrameAt = performance.now();
          this.#bytesReceived += bytes;
        },
        sent: (bytes) => {
          this.#bytesSent += bytes;
        },
        closed: (code, reason) => this.#dispatch({ type: "socketClosed", serial, code, reason }),
        // Later: a viewer that failed says so right after it closed the channel, and that is the reason.
        viewerClosed: () => queueMicrotask(() => this.#dispatch({ type: "viewerClosed", serial })),
        overflowed: () => this.#dispatch({ type: "viewerFailed", detail: "no viewer took the console's output" }),
        viewerThrew: (error) => this.#viewerThrew(error),
      });
    } catch (error) {
      this.#dispatch({ type: "socketFailed", serial, detail: this.#log.clean(messageOf(error)) });
      return;
    }
    this.#events.emit("opening", this.#channel);
  }

  #viewerThrew(error: unknown): void {
    const detail = this.#log.clean(`the viewer failed on the console's output: ${messageOf(error)}`);
    this.#log.write("error", detail, error instanceof Error ? { stack: error.stack } : {});
    this.#dispatch({ type: "viewerFailed", detail });
  }

  #send(message: ClientMessage): void {
    this.#channel?.sendControl(JSON.stringify(message));
  }

  #askPolicy(context: ReconnectContext): number | null {
    const policy = this.#options.reconnect || this.#backoff;
    try {
      const delayMs = policy(context);
      if (delayMs === null || delayMs >= 0) return delayMs;
      throw new RangeError(`reconnect: expected milliseconds from 0 or null, got ${String(delayMs)}`);
    } catch (error) {
      report(error);
      return null;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
