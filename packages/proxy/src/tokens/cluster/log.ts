import { setImmediate } from "node:timers/promises";
import type { LogEntry, StoreSession } from "../../cluster-store/session.ts";
import { inTime } from "../../time/in-time.ts";

/** How long one question for entries waits for the first of them, in milliseconds. */
const WAIT_MS = 1000;

/** How much longer than the wait for an entry an answer may take, in milliseconds. */
const ANSWER_MS = 2000;

/** An answer that comes this much later than it was due has waited for this process, or a slow line, in milliseconds. */
const LATE_MS = 250;

/** How many entries are told in one turn of the event loop. */
const MAX_TOLD = 50;

/** What is done with what was read. */
export interface LogListener {
  /** Called with some entries, in order. */
  onEntries(entries: readonly LogEntry[], reader: StoreSession): Promise<void>;
  /** Called when entries were missed: they are not in the log any more. */
  onGap(reader: StoreSession): Promise<void>;
}

/**
 * Follows the log in which the gateways of a cluster tell each other what has changed. It is a hint: what it tells is also
 * in the records, which count where entries are missing.
 */
export class LogFollower {
  /** Of the last entry that was read. */
  #position = "";
  #number = 0;

  /** From now on is read what is added later than this. */
  async seekEnd(store: StoreSession): Promise<void> {
    const { position, number } = await store.log.last();
    this.#position = position;
    this.#number = number;
  }

  /** Reads on until it fails. @param contact - as for the part of a connection. */
  async follow(reader: StoreSession, listener: LogListener, contact: (askedAt: number) => void): Promise<never> {
    // While the last answer is of long ago, the next one comes at once, not after a wait: after a start, too.
    let waitMs = 0;
    for (;;) {
      const askedAt = performance.now();
      const entries = await inTime(async () => await reader.log.read(this.#position, waitMs), waitMs + ANSWER_MS);
      let isGap = false;
      for (let start = 0; start < entries.length; start += MAX_TOLD) {
        const part = entries.slice(start, start + MAX_TOLD);
        for (const { position, number } of part) {
          if (number !== this.#number + 1) isGap = true;
          this.#position = position;
          this.#number = number;
        }
        await listener.onEntries(part, reader);
        await setImmediate();
      }
      if (isGap) await listener.onGap(reader);
      contact(askedAt);
      waitMs = performance.now() - askedAt > WAIT_MS + LATE_MS ? 0 : WAIT_MS;
    }
  }
}
