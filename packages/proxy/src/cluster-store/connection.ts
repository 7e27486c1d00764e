import { setTimeout as sleep } from "node:timers/promises";
import { logError, type Logger } from "../telemetry/log.ts";
import { inTime } from "../time/in-time.ts";
import { unlessAborted } from "../time/unless-aborted.ts";
import type { OpenStore, StoreEngine } from "./engine.ts";
import { reasonOf } from "./reason.ts";
import type { StoreSession } from "./session.ts";

/** How long a command, and each step of connecting, may take, in milliseconds. */
const ANSWER_MS = 2000;

/** How long the preparation of a part may take, in milliseconds. */
const PREPARE_MS = 10_000;

/** How often the store is asked for a sign of life, in milliseconds. */
const BEAT_MS = 1000;

/** The pause before the next attempt to connect, in milliseconds: it grows to the last, less up to a half at random. */
const FIRST_RETRY_MS = 50;
const LAST_RETRY_MS = 1000;

/**
 * How long no session opens after the connection was lost and made again, in milliseconds. Every other gateway that has
 * lost it too makes it again in this time, and writes what was revoked meanwhile.
 */
const SETTLE_MS = 2000;

/** What uses the connection, for each time that it is made. */
export interface ConnectionPart {
  /** Is done before anything else uses the connection. */
  prepare?(store: StoreSession): Promise<void>;
  /** Every second, while the server is asked whether it can still be used. The connection is made anew when it rejects. */
  beat?(store: StoreSession): Promise<void>;
  /**
   * Reads on a connection of its own until it rejects, which makes the connection anew.
   *
   * @param contact - to be called with the instant, on the monotonic clock, when each question was sent that was answered;
   *   at least every three seconds.
   */
  follow?(reader: StoreSession, contact: (askedAt: number) => void): Promise<never>;
}

/** What a {@link StoreConnection} is made with. */
export interface StoreConnectionOptions {
  readonly engine: StoreEngine;
  readonly log: Logger;
  /** Test seam. */
  readonly settleMs?: number;
}

/** The store cannot be asked now. */
export class StoreLost extends Error {
  override readonly name = "StoreLost";

  constructor(cause: unknown) {
    super("there is no connection to the cluster's store", { cause });
  }
}

/**
 * The connection to the store of a cluster. It is made anew whenever it is lost, for as long as the gateway runs, and each
 * time everything that uses it begins again: the store may be another one, which has lost what was written last.
 */
export class StoreConnection {
  readonly #options: StoreConnectionOptions;
  readonly #parts: readonly ConnectionPart[];
  readonly #stopped = new AbortController();
  readonly #listeners: (() => void)[] = [];
  readonly #firstOpen = Promise.withResolvers<void>();
  #running: Promise<void> | undefined;
  #open: OpenStore | undefined;
  /** When, on the monotonic clock, sessions may open again. */
  #settledAt = 0;
  /** Why there is no connection. */
  #failure: unknown = new Error("it was not made yet");
  /** The reason that was logged last. */
  #logged: string | undefined;
  /** Ends the connection, to be made anew. */
  #drop: (error: unknown) => void = () => {};
  #beatAt = 0;
  #readAt = 0;

  /** @param parts - prepared in this order. */
  constructor(options: StoreConnectionOptions, parts: readonly ConnectionPart[]) {
    this.#options = options;
    this.#parts = parts;
    // Those who wait handle it.
    this.#firstOpen.promise.catch(() => {});
  }

  /** Begins to connect; once. */
  start(): void {
    this.#running ??= this.#run();
  }

  /** Fulfils with the first connection; rejects when that fails. */
  get opened(): Promise<void> {
    return this.#firstOpen.promise;
  }

  /** Whether commands can be sent. */
  get isOpen(): boolean {
    return this.#open !== undefined;
  }

  /**
   * When, on the monotonic clock, the store was last asked what it has answered since: what it said later is not known.
   */
  get lastContact(): number {
    return Math.min(this.#beatAt, this.#readAt);
  }

  /** Calls a listener whenever the connection was made or lost. */
  onChange(listener: () => void): void {
    this.#listeners.push(listener);
  }

  /**
   * Sends commands.
   *
   * @throws StoreLost without a connection.
   * @throws Error when there is no answer in time.
   */
  async run<T>(work: (store: StoreSession) => Promise<T>): Promise<T> {
    const open = this.#open;
    if (open === undefined) throw new StoreLost(this.#failure);
    try {
      return await inTime(async () => await work(open.session), ANSWER_MS);
    } catch (error) {
      // A failover has made another server the master.
      if (open.isReplaced(error) && open === this.#open) this.#drop(error);
      throw error;
    }
  }

  /** @throws StoreLost while no session may open: without a connection, and for a moment after it was made again. */
  checkSettled(): void {
    if (this.#open === undefined) throw new StoreLost(this.#failure);
    if (performance.now() < this.#settledAt) {
      throw new StoreLost(new Error("it was just made again: what was revoked meanwhile is being collected"));
    }
  }

  /** Rejects while sessions cannot open. */
  async health(): Promise<void> {
    this.checkSettled();
  }

  async close(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(): Promise<void> {
    let delayMs = FIRST_RETRY_MS;
    let wasOpen = false;
    while (!this.#stopped.signal.aborted) {
      try {
        await this.#connect(wasOpen, () => {
          wasOpen = true;
          delayMs = FIRST_RETRY_MS;
        });
      } catch (error) {
        if (this.#stopped.signal.aborted) return;
        this.#lose(error);
      }
      await sleep(delayMs * (1 - Math.random() / 2), undefined, { signal: this.#stopped.signal }).catch(() => {});
      delayMs = Math.min(delayMs * 2, LAST_RETRY_MS);
    }
  }

  /** Rejects when the connection is lost. */
  async #connect(isAgain: boolean, onOpen: () => void): Promise<never> {
    const { engine, log } = this.#options;
    const lost = new AbortController();
    const stop = (): void => lost.abort(new Error("the gateway stops"));
    this.#stopped.signal.addEventListener("abort", stop, { once: true });
    let open: OpenStore | undefined;
    try {
      this.#drop = (error) => lost.abort(error);
      const startedAt = performance.now();
      open = await engine.open({ timeoutMs: ANSWER_MS, onLost: this.#drop, signal: lost.signal });
      for (const part of this.#parts) {
        const { session } = open;
        const preparing = inTime(async () => await part.prepare?.(session), PREPARE_MS);
        await unlessAborted(preparing, lost.signal);
      }
      this.#beatAt = startedAt;
      this.#readAt = startedAt;
      this.#settledAt = isAgain ? performance.now() + (this.#options.settleMs ?? SETTLE_MS) : 0;
      this.#open = open;
      this.#logged = undefined;
      this.#firstOpen.resolve();
      onOpen();
      if (isAgain) log.info("the cluster's store is back");
      this.#tell();
      const { reader } = open;
      const following = this.#parts.flatMap((part) => part.follow?.(reader, this.#onRead) ?? []);
      const watching = [this.#beatOn(open, lost.signal), open.watch(lost.signal)];
      return await unlessAborted(Promise.race([...following, ...watching]), lost.signal);
    } finally {
      this.#stopped.signal.removeEventListener("abort", stop);
      lost.abort(new Error("the connection is not used any more"));
      open?.close();
      if (this.#stopped.signal.aborted) this.#open = undefined;
    }
  }

  readonly #onRead = (askedAt: number): void => {
    this.#readAt = askedAt;
  };

  async #beatOn(open: OpenStore, lost: AbortSignal): Promise<never> {
    const beats = this.#parts.filter((part) => part.beat !== undefined);
    for (;;) {
      const askedAt = performance.now();
      await inTime(
        async () => await Promise.all([open.check(), ...beats.map((part) => part.beat?.(open.session))]),
        ANSWER_MS,
      );
      this.#beatAt = askedAt;
      await sleep(BEAT_MS, undefined, { ref: false, signal: lost });
    }
  }

  #lose(error: unknown): void {
    const wasOpen = this.#open !== undefined;
    this.#open = undefined;
    this.#failure = error;
    const reason = reasonOf(error);
    // Each attempt fails for the same reason, most of the time.
    if (wasOpen) logError(this.#options.log, { level: "error", error }, "lost the cluster's store");
    else if (reason !== this.#logged) {
      logError(this.#options.log, { level: "warn", error }, "no connection to the cluster's store");
    }
    this.#logged = reason;
    this.#firstOpen.reject(error);
    if (wasOpen) this.#tell();
  }

  #tell(): void {
    for (const listener of this.#listeners) listener();
  }
}
