import { EndError } from "../end-reason.ts";
import type { LabelCounters } from "./counters.ts";
import type { EventObserver, EventSink, GatewayEvent, OutcomeEvent, RequestEvent } from "./events.ts";
import { logError, type Logger } from "./log.ts";

/** How long an observer may take to answer, in milliseconds. */
const ANSWER_MS = 5000;

/** What an {@link EventBus} is made with. */
export interface EventBusOptions {
  readonly log: Logger;
  /** Counts what the observers throw, by observer. */
  readonly failures: LabelCounters;
  /** How long an observer may take to answer, in milliseconds. @defaultValue 5000 */
  readonly answerMs?: number;
}

/** An observer prevented an event. */
export class EventRefused extends EndError {
  constructor(observer: string, cause: unknown) {
    super("server_busy", `not allowed by the gateway's observer "${observer}"`, { cause });
  }

  /** Which parts a gateway has is for operators. */
  override get publicMessage(): string {
    return "the gateway does not allow this now";
  }
}

/** Passes events on to the observers. No observer can break a session or keep another one from an event. */
export class EventBus implements EventSink {
  readonly #observers: readonly EventObserver[];
  /** Those that are asked. */
  readonly #deciding: readonly EventObserver[];
  readonly #options: EventBusOptions;
  /** Kinds of failure that are in the log already. */
  readonly #logged = new Set<string>();

  constructor(observers: readonly EventObserver[], options: EventBusOptions) {
    this.#observers = observers;
    this.#deciding = observers.filter((observer) => observer.before !== undefined);
    this.#options = options;
  }

  notify(event: OutcomeEvent): void {
    this.#tellAll(event);
  }

  async ask(event: RequestEvent, signal?: AbortSignal): Promise<void> {
    if (this.#deciding.length > 0) await this.#decide(event, signal);
    this.#tellAll(event);
  }

  async #decide(event: RequestEvent, signal: AbortSignal | undefined): Promise<void> {
    const { answerMs = ANSWER_MS } = this.#options;
    const wait = new AbortController();
    const timer = setTimeout(() => wait.abort(new Error(`no answer within ${answerMs} ms`)), answerMs);
    const stop = (): void => wait.abort(signal?.reason);
    signal?.addEventListener("abort", stop, { once: true });
    if (signal?.aborted === true) stop();
    try {
      await Promise.all(this.#deciding.map((observer) => decideOne(observer, event, wait.signal)));
    } finally {
      clearTimeout(timer);
      signal?.removeEventListener("abort", stop);
      // Once one has refused, the answers of the others are no longer wanted.
      wait.abort();
    }
  }

  #tellAll(event: GatewayEvent): void {
    for (const observer of this.#observers) {
      try {
        const result: unknown = observer.notify?.(event);
        // An asynchronous observer has type void as well, and its rejection would end the process.
        if (result instanceof Promise) result.catch((error: unknown) => this.#failed(observer, event, error));
      } catch (error) {
        this.#failed(observer, event, error);
      }
    }
  }

  #failed({ name }: EventObserver, { type }: GatewayEvent, error: unknown): void {
    const { failures, log } = this.#options;
    failures.add(name);
    const kind = `${name} ${type}`;
    if (this.#logged.has(kind)) return;
    this.#logged.add(kind);
    logError(log, { level: "error", error, observer: name, event: type }, "an event observer failed");
  }
}

/** @throws EventRefused when the observer refuses, or when `signal` aborts before it answers. */
async function decideOne(observer: EventObserver, event: RequestEvent, signal: AbortSignal): Promise<void> {
  const { promise: aborted, reject } = Promise.withResolvers<never>();
  const abort = (): void => reject(signal.reason as Error);
  signal.addEventListener("abort", abort, { once: true });
  try {
    signal.throwIfAborted();
    await Promise.race([observer.before?.(event, signal), aborted]);
  } catch (cause) {
    throw new EventRefused(observer.name, cause);
  } finally {
    signal.removeEventListener("abort", abort);
  }
}
