/** Options of `waitFor`. */
export interface WaitOptions {
  /** Milliseconds to wait before rejecting. @defaultValue 10_000 */
  readonly timeoutMs?: number;
}

/** Every event names the connection that it came from. */
export interface RecordedEvent {
  /** Number of the connection: 0 for the first that was accepted, then 1, and so on. */
  readonly connection: number;
}

type EventMap<Events> = { readonly [Type in keyof Events]: RecordedEvent };

interface Waiter {
  offer(type: PropertyKey, event: unknown): void;
  reject(error: Error): void;
}

/** How many events of each type are kept, the latest ones: a moving screen may run for hours. */
const KEPT_PER_TYPE = 10_000;

/** What a fake server received, in order, and a way to wait for what it has yet to receive. */
export class EventLog<Events extends EventMap<Events>> {
  readonly #events = new Map<keyof Events, unknown[]>();
  readonly #waiters = new Set<Waiter>();
  #closed = false;

  record<Type extends keyof Events>(type: Type, event: Events[Type]): void {
    const events = this.#events.get(type) ?? [];
    this.#events.set(type, events);
    events.push(event);
    if (events.length > KEPT_PER_TYPE) events.shift();
    for (const waiter of this.#waiters) waiter.offer(type, event);
  }

  /** The events of one type so far, oldest first. */
  all<Type extends keyof Events>(type: Type): readonly Events[Type][] {
    return [...((this.#events.get(type) ?? []) as Events[Type][])];
  }

  /** Forgets everything recorded, so that `waitFor` sees only what comes now. */
  clear(): void {
    this.#events.clear();
  }

  /**
   * The first event, past or future, that satisfies the predicate.
   *
   * @throws Error when none came within `timeoutMs`, listing the latest that did come, or when the server closes.
   */
  waitFor<Type extends keyof Events>(
    type: Type,
    predicate: (event: Events[Type]) => boolean = () => true,
    { timeoutMs = 10_000 }: WaitOptions = {},
  ): Promise<Events[Type]> {
    const past = this.all(type).find(predicate);
    if (past !== undefined) return Promise.resolve(past);
    if (this.#closed) return Promise.reject(this.#missing(type, "before the server closed"));
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => waiter.reject(this.#missing(type, `within ${timeoutMs} ms`)), timeoutMs);
      const settle = (): void => {
        clearTimeout(timer);
        this.#waiters.delete(waiter);
      };
      const waiter: Waiter = {
        offer: (offered, event) => {
          if (offered !== type) return;
          try {
            if (!predicate(event as Events[Type])) return;
            settle();
            resolve(event as Events[Type]);
          } catch (error) {
            waiter.reject(error instanceof Error ? error : new Error(String(error)));
          }
        },
        reject: (error) => {
          settle();
          reject(error);
        },
      };
      this.#waiters.add(waiter);
    });
  }

  /** Rejects everything that still waits. */
  close(): void {
    this.#closed = true;
    for (const waiter of this.#waiters) waiter.reject(new Error("the server was closed while waiting for an event"));
  }

  #missing(type: keyof Events, when: string): Error {
    const events = this.all(type);
    const latest = events.slice(-5).map((event) => JSON.stringify(event));
    const list = latest.length === 0 ? "" : `, the latest: ${latest.join(" ")}`;
    return new Error(`no matching "${String(type)}" event ${when}; ${events.length} recorded${list}`);
  }
}
