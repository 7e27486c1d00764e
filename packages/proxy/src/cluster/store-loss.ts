import type { StoreConnection } from "../cluster-store/connection.ts";
import type { Logger } from "../telemetry/log.ts";

/** A timer that is called this much too late has waited for this process, in milliseconds. */
const LATE_MS = 20;

const STORE = "the cluster's store";

/** What a {@link StoreLoss} is made with. */
export interface StoreLossOptions {
  readonly connection: Pick<StoreConnection, "isOpen" | "lastContact" | "onChange" | "opened">;
  /** How long sessions go on after the store was last heard, in milliseconds; undefined: until their deadlines. */
  readonly endAfterMs: number | undefined;
  /** Ends the sessions that it concerns. */
  readonly end: () => void;
  /** What is lost, for the log. @defaultValue the cluster's store */
  readonly of?: string;
  readonly log: Logger;
}

/**
 * What becomes of running sessions while it is not known whether their access still holds. The time counts from the last
 * question that the store has answered, so that it also bounds how late a revocation can be.
 */
export class StoreLoss {
  readonly #options: StoreLossOptions;
  #timer: NodeJS.Timeout | undefined;
  /** The contact after which sessions were ended. */
  #endedFor = -1;
  #isClosed = false;

  constructor(options: StoreLossOptions) {
    this.#options = options;
    const { connection, endAfterMs, log, of = STORE } = options;
    if (endAfterMs !== undefined)
      connection.opened.then(
        () => this.#watch(),
        () => {},
      );
    connection.onChange(() => {
      if (!connection.isOpen) log.warn({ bound: this.bound }, `running sessions go on without ${of}`);
    });
  }

  /** What bounds how long a session goes on without the store, for people. */
  get bound(): string {
    const { endAfterMs } = this.#options;
    return endAfterMs === undefined ? "until their deadlines" : `for ${endAfterMs / 1000} s`;
  }

  /** Stops watching. */
  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#timer);
  }

  /** @param isRead - what arrived before is read. */
  #watch(isRead = false): void {
    if (this.#isClosed) return;
    const { connection, endAfterMs = Infinity, end, log, of = STORE } = this.#options;
    const { lastContact } = connection;
    const left = lastContact + endAfterMs - performance.now();
    // A busy event loop calls timers before it reads what arrived: the store's answer may be among it.
    if (left < -LATE_MS && !isRead) {
      setImmediate(() => this.#watch(true));
      return;
    }
    if (left <= 0 && this.#endedFor !== lastContact) {
      this.#endedFor = lastContact;
      log.error({ after_ms: endAfterMs }, `sessions end because ${of} is away`);
      end();
    }
    // At least once each time: it may have been heard of since, which moves the end.
    this.#timer = setTimeout(() => this.#watch(), left > 0 ? Math.ceil(left) : endAfterMs);
    this.#timer.unref();
  }
}
