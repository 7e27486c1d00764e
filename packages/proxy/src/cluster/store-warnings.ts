import type { ConnectionPart } from "../cluster-store/connection.ts";
import type { StoreSession } from "../cluster-store/session.ts";
import type { Logger } from "../telemetry/log.ts";

/** How far the clocks may be apart before it is logged, in milliseconds. */
const MAX_CLOCK_DIFFERENCE_MS = 1000;

/** What a {@link StoreWarnings} is made with. */
export interface StoreWarningsOptions {
  /** The clock of this machine less that of the store, in milliseconds. */
  readonly clockDifference: () => number;
  readonly log: Logger;
}

/** Logs, once while it lasts, what is wrong with a store that answers. */
export class StoreWarnings implements ConnectionPart {
  readonly #options: StoreWarningsOptions;
  /** The problems that there were last, which were logged. */
  #logged: ReadonlySet<string> = new Set();
  #differs = false;

  constructor(options: StoreWarningsOptions) {
    this.#options = options;
  }

  async prepare(store: StoreSession): Promise<void> {
    const found = new Map((await store.findProblems()).map((problem) => [JSON.stringify(problem), problem]));
    for (const [text, { fields, sentence }] of found) {
      if (!this.#logged.has(text)) this.#options.log.warn(fields, sentence);
    }
    this.#logged = new Set(found.keys());
  }

  async beat(): Promise<void> {
    const { clockDifference, log } = this.#options;
    const difference = clockDifference();
    const differs = Math.abs(difference) > MAX_CLOCK_DIFFERENCE_MS;
    if (differs === this.#differs) return;
    this.#differs = differs;
    const fields = { difference_ms: Math.round(difference) };
    if (differs) log.warn(fields, "the clock of this machine differs from that of the cluster's store");
    else log.info(fields, "the clock of this machine is that of the cluster's store again");
  }
}
