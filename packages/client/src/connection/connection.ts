/// <reference lib="esnext.disposable" preserve="true" />
import type { ClientMessage } from "@curfew/protocol";
import { type Deferred, settleAll } from "../util/deferred.ts";
import { Emitter, type ListenOptions, type Unsubscribe } from "../util/emitter.ts";
import { messageOf } from "../util/report-error.ts";
import { backoff, retryDelay } from "./backoff.ts";
import type { ConsoleChannel } from "./channel/channel.ts";
import { Log } from "./log.ts";
import { timeLeft } from "./machine/deadline.ts";
import { initialState, step } from "./machine/step.ts";
import type { ClockReading, Effect, MachineEvent, MachineState } from "./machine/types.ts";
import type { ViewerCloseReason } from "./model/close-info.ts";
import type { WebSocketArguments } from "./model/connect-info.ts";
import { ConsoleError, connectError } from "./model/errors.ts";
import type { ConsoleOptions } from "./model/options.ts";
import type { ConnectionStatistics, ConsoleEvents, ConsoleState } from "./model/state.ts";
import { Traffic, openChannel } from "./open-channel.ts";
import { PageCallbacks } from "./page-callbacks.ts";
import { PageWatch } from "./page-watch.ts";
import { resolveOptions } from "./resolve-options.ts";
import { RoundTrip } from "./round-trip.ts";
import { Ticker } from "./ticker.ts";
import { Timers } from "./timers.ts";

/**
 * The connection to a console: socket, control messages, expiry, renewal and reconnection. It is
 * independent of viewers; attach one to the channel in the event `channel`.
 */
export class ConsoleConnection {
  readonly #options: ConsoleOptions;
  readonly #events = new Emitter<ConsoleEvents>();
  readonly #log: Log;
  readonly #timers = new Timers((name) => this.#dispatch({ type: "timer", name }));
  readonly #page: PageWatch;
  readonly #callbacks: PageCallbacks;
  readonly #backoff = backoff();
  readonly #traffic = new Traffic();
  readonly #roundTrip = new RoundTrip();
  readonly #queue: MachineEvent[] = [];
  readonly #ticker = new Ticker(
    () => this.timeLeft(),
    (leftMs) => this.#tick(leftMs),
  );
  #machine: MachineState;
  /** Changes with each event that is emitted, so that listeners read the state of their event. */
  #state: ConsoleState;
  #channel: ConsoleChannel | undefined;
  #running = false;
  readonly #connecting: Deferred[] = [];
  /** Calls of `renew()` whose event is still queued. */
  readonly #renewRequests: Deferred[] = [];
  /** Calls of `renew()` that wait for the gateway's answer. */
  readonly #renewing: Deferred[] = [];

  /** @throws RangeError for a duration that is not a number from 0. */
  constructor(options: ConsoleOptions) {
    this.#options = options;
    this.#log = new Log(options.log);
    this.#callbacks = new PageCallbacks(options, this.#log, (event) => this.#dispatch(event));
    this.#machine = initialState(resolveOptions(options));
    this.#state = this.#machine.published;
    this.#page = new PageWatch(
      (type) => this.#dispatch({ type }),
      () => this.#dispatch({ type: "close", detail: "the signal was aborted" }),
      options.signal,
    );
  }

  /** The current state; the same object until it changes, as React's `useSyncExternalStore` requires. */
  get state(): ConsoleState {
    return this.#state;
  }

  /** The byte channel of the current attempt; null while there is no socket. */
  get channel(): ConsoleChannel | null {
    return this.#channel ?? null;
  }

  /**
   * Connects. In the states `idle` and `closed` it opens the console, in `reconnecting` it tries at
   * once, otherwise it waits for the current attempt. A page's "open again" button can call it too.
   *
   * @returns resolves when connected; rejects with a {@link ConsoleError} if the connection ends first.
   */
  connect(): Promise<void> {
    if (this.#options.signal?.aborted) {
      void this.close("the signal was aborted");
      return Promise.reject(new ConsoleError("aborted", "the signal was aborted before connect()"));
    }
    if (this.state.status === "connected") return Promise.resolve();
    return this.#connect("connect");
  }

  /**
   * Replaces the connection by a new one, for which `authorize()` is called, without the state `closed` and its event in
   * between: for access that has changed. In the states `idle`, `reconnecting` and `closed` it is {@link connect}.
   *
   * @returns as {@link connect}, for the new connection
   */
  reconnect(): Promise<void> {
    if (this.#options.signal?.aborted) return this.connect();
    this.#callbacks.forget();
    return this.#connect("reconnect");
  }

  #connect(type: "connect" | "reconnect"): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#connecting.push({ resolve, reject });
      this.#dispatch({ type, hidden: this.#page.hidden });
    });
  }

  /**
   * Extends the running session without dropping the connection. A call during a renewal joins it.
   *
   * @param token - the new token; without it the option `renew` is called
   * @returns rejects with a {@link ConsoleError}: `not_connected`, `not_renewable`, `renew_failed`
   * (the old deadline stands), `timeout` (no answer within 10 s) or `aborted`.
   */
  renew(token?: string): Promise<void> {
    if (token !== undefined) this.#log.rememberSecrets(token);
    return new Promise((resolve, reject) => {
      this.#renewRequests.push({ resolve, reject });
      this.#dispatch({ type: "renew", token });
    });
  }

  /**
   * Asks the gateway to send a serial BREAK.
   *
   * @param durationMs - milliseconds; by default the gateway decides
   * @returns false when not connected, or when the server does not speak `curfew.v1`.
   */
  sendBreak(durationMs?: number): boolean {
    if (!this.#hasControl) return false;
    this.#send({ type: "break", ...(durationMs === undefined ? {} : { durationMs }) });
    return true;
  }

  /**
   * Tells the gateway that the user is still there, as an answer to the event `idlewarning`: it counts as input, and
   * reaches no machine. Call it when the user presses a button, not by itself.
   *
   * @returns false when not connected, or when the server does not speak `curfew.v1`.
   */
  stillHere(): boolean {
    if (!this.#hasControl) return false;
    this.#send({ type: "still_here" });
    return true;
  }

  /**
   * Measures the round trip to the gateway now, as the pings of {@link ConsoleOptions.pingIntervalMs} do. A ping that is
   * under way counts.
   *
   * @returns resolves to milliseconds, or to null on servers that do not speak `curfew.v1`; rejects with a
   * {@link ConsoleError} `not_connected` while not connected, and if the connection is lost first, which it is when
   * nothing arrives for 10 s.
   */
  ping(): Promise<number | null> {
    if (this.state.status !== "connected")
      return Promise.reject(new ConsoleError("not_connected", "there is no connection to measure"));
    if (!this.#hasControl) return Promise.resolve(null);
    const measured = this.#roundTrip.next();
    this.#dispatch({ type: "ping" });
    return measured;
  }

  /**
   * Answers the event `takeover`. Call it when the user presses a button, not by itself.
   *
   * @returns false when there is no such question.
   */
  answerTakeover(allow: boolean): boolean {
    const isAsked = this.state.status === "connected" && (this.state.session?.takeover ?? null) !== null;
    if (isAsked) this.#dispatch({ type: "answerTakeover", allow });
    return isAsked;
  }

  get #hasControl(): boolean {
    return this.state.status === "connected" && typeof this.state.session?.id === "string";
  }

  /**
   * Milliseconds until the session ends, from 0. Right also after the computer slept, when the clock of
   * `performance.now()` stood still.
   *
   * @returns null while not connected, and for a session without an end.
   */
  timeLeft(): number | null {
    const { phase } = this.#machine;
    if (phase.name !== "socket" || phase.socket.connectedAt === undefined) return null;
    return timeLeft(phase.socket, this.#clock);
  }

  /** Traffic so far, over all attempts. */
  statistics(): ConnectionStatistics {
    const { bytesReceived, bytesSent } = this.#traffic;
    return { bytesReceived, bytesSent, roundTripMs: this.#roundTrip.ms ?? null };
  }

  /**
   * Ends the connection. Can be called in any state and more than once; has no effect in `idle`.
   *
   * @param detail - explanation for {@link CloseInfo.detail}
   * @returns resolves once the state is `closed`.
   */
  close(detail?: string): Promise<void> {
    this.#dispatch({ type: "close", ...(detail === undefined ? {} : { detail }) });
    return Promise.resolve();
  }

  /** {@link close} at the end of `await using`. */
  [Symbol.asyncDispose](): Promise<void> {
    return this.close();
  }

  /**
   * Tells the connection that the viewer finished its handshake; see {@link ConsoleOptions.waitForViewer}.
   *
   * @param channel - what the viewer is attached to: without effect once another attempt began
   */
  viewerReady(channel?: ConsoleChannel): void {
    if (this.#isCurrent(channel)) this.#dispatch({ type: "viewerReady" });
  }

  /**
   * Tells the connection that the viewer waits for the user, for example for a password: instead of `helloTimeoutMs`
   * the user has 10 minutes, until {@link viewerAnswered}.
   *
   * @param channel - as for {@link viewerReady}
   */
  viewerWaiting(channel?: ConsoleChannel): void {
    if (this.#isCurrent(channel)) this.#dispatch({ type: "viewerWaiting" });
  }

  /**
   * Tells the connection that the user answered: `helloTimeoutMs` starts anew.
   *
   * @param channel - as for {@link viewerReady}
   */
  viewerAnswered(channel?: ConsoleChannel): void {
    if (this.#isCurrent(channel)) this.#dispatch({ type: "viewerAnswered" });
  }

  /**
   * Ends the connection because of the viewer.
   *
   * @param detail - explanation for {@link CloseInfo.detail}
   * @param options - `channel` as for {@link viewerReady}; `retry` connects again, for example after a wrong
   * password, if the option `reconnect` allows it
   */
  viewerFailed(
    detail: string,
    reason: ViewerCloseReason = "viewer_failed",
    { channel, retry = false }: { readonly channel?: ConsoleChannel; readonly retry?: boolean } = {},
  ): void {
    if (this.#isCurrent(channel)) this.#dispatch({ type: "viewerFailed", detail, reason, retry });
  }

  #isCurrent(channel: ConsoleChannel | undefined): boolean {
    return channel === undefined || channel === this.#channel;
  }

  /** Adds an event listener. Errors that it throws are reported and do not affect other listeners. */
  on<K extends keyof ConsoleEvents>(
    type: K,
    listener: (event: ConsoleEvents[K]) => void,
    options?: ListenOptions,
  ): Unsubscribe {
    const remove = this.#events.on(type, listener, options);
    if (type === "tick") this.#ticker.start();
    return remove;
  }

  get #clock(): ClockReading {
    return { now: performance.now(), wall: Date.now(), lastFrameAt: this.#traffic.lastFrameAt };
  }

  /** Processes one event at a time with all of its effects. Events that effects cause are queued. */
  #dispatch(event: MachineEvent): void {
    this.#queue.push(event);
    if (this.#running) return;
    this.#running = true;
    try {
      for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
        if (next.type === "renew") this.#renewing.push(...this.#renewRequests.splice(0, 1));
        const { state, effects } = step(this.#machine, next, this.#clock);
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
        if (effect.name === "latency") this.#roundTrip.measured(effect.event.rttMs);
        this.#events.emit(effect.name, effect.event);
        break;
      case "authorize":
        void this.#callbacks.authorize(effect);
        break;
      case "openSocket":
        this.#openSocket(effect.attemptId, effect.webSocket);
        break;
      case "announceChannel":
        if (this.#channel) this.#events.emit("channel", this.#channel);
        break;
      case "closeSocket":
        this.#channel?.finish(effect.code, effect.reason);
        this.#channel = undefined;
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
      case "askPolicy": {
        const delayMs = retryDelay(this.#options.reconnect || this.#backoff, effect.context);
        this.#dispatch({ type: "policy", attemptId: effect.attemptId, delayMs });
        break;
      }
      case "fetchToken":
        void this.#callbacks.fetchToken(effect);
        break;
      case "cancelCallbacks":
        this.#callbacks.cancel();
        break;
      case "settleRenewals":
        settleAll(this.#renewing.splice(0), effect.error);
        break;
      case "watchPage":
        this.#page.start();
        break;
      case "unwatchPage":
        this.#page.stop();
        break;
    }
  }

  /** Without listeners the ticker stops. */
  #tick(leftMs: number): void {
    if (this.#events.has("tick")) this.#events.emit("tick", { leftMs });
    else this.#ticker.stop();
  }

  #moveTo(state: ConsoleState): void {
    this.#state = state;
    if (state.status === "connected" && this.#events.has("tick")) this.#ticker.start();
    if (state.status !== "connected") {
      this.#ticker.stop();
      this.#roundTrip.lost();
    }
    const cause = "cause" in state ? { reason: state.cause.reason, code: state.cause.code } : {};
    this.#log.write("debug", `state: ${state.status}`, cause);
    if (state.status === "connected") settleAll(this.#connecting.splice(0));
    if (state.status === "closed") {
      settleAll(this.#connecting.splice(0), connectError(state.cause, this.#callbacks.authorizeError));
    }
    if (state.status === "connected" || state.status === "closed") this.#callbacks.forget();
  }

  #openSocket(attemptId: number, { url, protocols }: WebSocketArguments): void {
    const create = this.#options.webSocket ?? ((to, offered) => new WebSocket(to, offered));
    try {
      this.#log.write("debug", `opening ${url}`);
      this.#channel = openChannel(create(url, protocols), attemptId, {
        traffic: this.#traffic,
        dispatch: (event) => this.#dispatch(event),
        describe: (error) => this.#describeViewerError(error),
      });
    } catch (error) {
      this.#dispatch({ type: "socketFailed", attemptId, detail: this.#log.redact(messageOf(error)) });
      return;
    }
    this.#events.emit("opening", this.#channel);
  }

  #describeViewerError(error: unknown): string {
    const detail = this.#log.redact(`the viewer failed on the console's output: ${messageOf(error)}`);
    this.#log.write("error", detail, error instanceof Error ? { stack: error.stack } : {});
    return detail;
  }

  #send(message: ClientMessage): void {
    this.#channel?.sendControl(JSON.stringify(message));
  }
}
