import type { ClientMessage } from "@curfew/protocol";
import { type Deferred, settleAll } from "../util/deferred.ts";
import { Emitter, type ListenOptions, type Unsubscribe } from "../util/emitter.ts";
import { reportError } from "../util/report-error.ts";
import { backoff } from "./backoff.ts";
import { ConsoleChannel } from "./channel/channel.ts";
import { Log } from "./log.ts";
import { initialState, step } from "./machine/step.ts";
import type { Effect, MachineEvent, MachineState } from "./machine/types.ts";
import type { CloseInfo, ViewerCloseReason } from "./model/close-info.ts";
import type { WebSocketArguments } from "./model/connect-info.ts";
import { ConsoleError, connectError } from "./model/errors.ts";
import type { ConsoleOptions, ReconnectContext } from "./model/options.ts";
import type { ConnectionStatistics, ConsoleEvents, ConsoleState, SessionInfo } from "./model/state.ts";
import { PageWatch } from "./page-watch.ts";
import { type Access, isFinal, requestAccess } from "./request-access.ts";
import { resolveOptions } from "./resolve-options.ts";
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
  readonly #backoff = backoff();
  readonly #queue: MachineEvent[] = [];
  #machine: MachineState;
  /** Changes with each event that is emitted, so that listeners read the state of their event. */
  #state: ConsoleState;
  #channel: ConsoleChannel | undefined;
  #authorizeError: unknown;
  /** The token for a lost session, which replaces that of `authorize()` until the session is open again. */
  #replacement: string | undefined;
  #lastFrameAt = 0;
  #bytesReceived = 0;
  #bytesSent = 0;
  #roundTripMs: number | undefined;
  #callbacks = new AbortController();
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
    return new Promise((resolve, reject) => {
      this.#connecting.push({ resolve, reject });
      this.#dispatch({ type: "connect", hidden: this.#page.hidden });
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
    if (this.state.status !== "connected" || typeof this.state.session?.id !== "string") return false;
    this.#send({ type: "break", ...(durationMs === undefined ? {} : { durationMs }) });
    return true;
  }

  /** Traffic so far, over all attempts. */
  statistics(): ConnectionStatistics {
    const roundTripMs = this.#roundTripMs ?? null;
    return { bytesReceived: this.#bytesReceived, bytesSent: this.#bytesSent, roundTripMs };
  }

  /**
   * Ends the connection. Can be called in any state and more than once.
   *
   * @param detail - explanation for {@link CloseInfo.detail}
   * @returns resolves once the state is `closed`.
   */
  close(detail?: string): Promise<void> {
    this.#dispatch({ type: "close", ...(detail === undefined ? {} : { detail }) });
    return Promise.resolve();
  }

  /** Tells the connection that the viewer finished its handshake; see {@link ConsoleOptions.waitForViewer}. */
  viewerReady(): void {
    this.#dispatch({ type: "viewerReady" });
  }

  /** Tells the connection that the viewer waits for the user, for example for a password: stops `helloTimeoutMs` for this attempt. */
  viewerWaiting(): void {
    this.#dispatch({ type: "viewerWaiting" });
  }

  /**
   * Ends the connection because of the viewer.
   *
   * @param detail - explanation for {@link CloseInfo.detail}
   */
  viewerFailed(detail: string, reason: ViewerCloseReason = "viewer_failed"): void {
    this.#dispatch({ type: "viewerFailed", detail, reason });
  }

  /** Adds an event listener. Errors that it throws are reported and do not affect other listeners. */
  on<K extends keyof ConsoleEvents>(
    type: K,
    listener: (event: ConsoleEvents[K]) => void,
    options?: ListenOptions,
  ): Unsubscribe {
    return this.#events.on(type, listener, options);
  }

  /** Processes one event at a time with all of its effects. Events that effects cause are queued. */
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
        void this.#authorize(effect);
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
      case "askPolicy":
        this.#dispatch({ type: "policy", attemptId: effect.attemptId, delayMs: this.#askPolicy(effect.context) });
        break;
      case "fetchToken":
        void this.#fetchToken(effect.attemptId, effect.id, effect.session);
        break;
      case "cancelCallbacks":
        this.#callbacks.abort();
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

  #moveTo(state: ConsoleState): void {
    this.#state = state;
    if (state.status !== "connected") this.#roundTripMs = undefined;
    const cause = "cause" in state ? { reason: state.cause.reason, code: state.cause.code } : {};
    this.#log.write("debug", `state: ${state.status}`, cause);
    if (state.status === "connected" || state.status === "closed") this.#replacement = undefined;
    if (state.status === "connected") settleAll(this.#connecting.splice(0));
    if (state.status === "closed") {
      settleAll(this.#connecting.splice(0), connectError(state.cause, this.#authorizeError));
    }
  }

  async #authorize({ attemptId, attempt, cause, renews }: Extract<Effect, { type: "authorize" }>): Promise<void> {
    this.#callbacks = new AbortController();
    const { signal } = this.#callbacks;
    this.#authorizeError = undefined;
    if (renews && cause && !(await this.#renewLost(attemptId, renews, cause, signal))) return;
    const context = { cause: cause ?? null, attempt, signal };
    let access: Access;
    try {
      access = await requestAccess(this.#options.authorize, context, this.#replacement);
    } catch (error) {
      if (signal.aborted) return;
      this.#authorizeError = error;
      const detail = this.#log.redact(messageOf(error));
      this.#log.write("warn", `authorize() failed: ${detail}`, { attempt });
      this.#dispatch({ type: "authorizeFailed", attemptId, detail, stop: isFinal(error) });
      return;
    }
    this.#log.rememberSecrets(...access.secrets);
    this.#dispatch({ type: "authorized", attemptId, webSocket: access.webSocket, expiresInMs: access.expiresInMs });
  }

  /** Asks the page for a token to go on with a session whose connection was lost. Returns false if that failed. */
  async #renewLost(attemptId: number, session: SessionInfo, cause: CloseInfo, signal: AbortSignal): Promise<boolean> {
    try {
      const token = await this.#options.renew?.({ session, signal });
      if (typeof token !== "string" || token === "") throw new TypeError("expected a token");
      this.#log.rememberSecrets(token);
      if (!signal.aborted) this.#replacement = token;
      return !signal.aborted;
    } catch (error) {
      if (signal.aborted) return false;
      const detail = this.#log.redact(`the renew callback failed: ${messageOf(error)}`);
      this.#log.write("warn", detail);
      this.#dispatch({ type: "lostNotRenewed", attemptId, detail, cause });
      return false;
    }
  }

  async #fetchToken(attemptId: number, id: number, session: SessionInfo): Promise<void> {
    this.#callbacks = new AbortController();
    const { signal } = this.#callbacks;
    let token: string | undefined;
    try {
      token = await this.#options.renew?.({ session, signal });
    } catch (error) {
      if (!signal.aborted) this.#log.write("warn", `the renew callback failed: ${messageOf(error)}`);
      this.#dispatch({ type: "tokenFetchFailed", attemptId, id, cause: error });
      return;
    }
    if (typeof token === "string") this.#log.rememberSecrets(token);
    this.#dispatch({ type: "tokenFetched", attemptId, id, token: token ?? "" });
  }

  #openSocket(attemptId: number, { url, protocols }: WebSocketArguments): void {
    const create = this.#options.webSocket ?? ((to, offered) => new WebSocket(to, offered));
    try {
      this.#log.write("debug", `opening ${url}`);
      this.#lastFrameAt = performance.now();
      let hasOutput = false;
      this.#channel = new ConsoleChannel(create(url, protocols), {
        opened: (protocol) => this.#dispatch({ type: "opened", attemptId, protocol }),
        control: (text) => this.#dispatch({ type: "control", attemptId, text }),
        received: (bytes) => {
          this.#lastFrameAt = performance.now();
          this.#bytesReceived += bytes;
          if (hasOutput || bytes === 0) return;
          hasOutput = true;
          this.#dispatch({ type: "output", attemptId });
        },
        sent: (bytes) => {
          this.#bytesSent += bytes;
        },
        closed: (code, reason) => this.#dispatch({ type: "socketClosed", attemptId, code, reason }),
        // Deferred: a viewer that failed calls viewerFailed() right after it closes the channel, and that is the reason.
        viewerClosed: () => queueMicrotask(() => this.#dispatch({ type: "viewerClosed", attemptId })),
        overflowed: () =>
          this.#dispatch({
            type: "viewerFailed",
            reason: "viewer_failed",
            detail: "no viewer read the console's output",
          }),
        viewerThrew: (error) => this.#viewerThrew(error),
      });
    } catch (error) {
      this.#dispatch({ type: "socketFailed", attemptId, detail: this.#log.redact(messageOf(error)) });
      return;
    }
    this.#events.emit("opening", this.#channel);
  }

  #viewerThrew(error: unknown): void {
    const detail = this.#log.redact(`the viewer failed on the console's output: ${messageOf(error)}`);
    this.#log.write("error", detail, error instanceof Error ? { stack: error.stack } : {});
    this.viewerFailed(detail);
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
      reportError(error);
      return null;
    }
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
