import type { Logger } from "../telemetry/log.ts";
import type { StoreClient } from "../valkey/client.ts";
import type { ConnectionPart } from "../valkey/connection.ts";

/** How far the clocks may be apart before it is logged, in milliseconds. */
const MAX_CLOCK_DIFFERENCE_MS = 1000;

/** The only policy under which the store forgets nothing that has not expired. */
const SAFE_POLICY = "noeviction";

/** What a {@link StoreWarnings} is made with. */
export interface StoreWarningsOptions {
  /** The clock of this machine less that of the store, in milliseconds. */
  readonly clockDifference: () => number;
  readonly log: Logger;
}

/** Logs, once while it lasts, what is wrong with a store that answers. */
export class StoreWarnings implements ConnectionPart {
  readonly #options: StoreWarningsOptions;
  #policy = SAFE_POLICY;
  #differs = false;

  constructor(options: StoreWarningsOptions) {
    this.#options = options;
  }

  async prepare(client: StoreClient): Promise<void> {
    // A user of the store may not be allowed to ask.
    const info = await client.info("memory").catch(() => "");
    const policy = /^maxmemory_policy:(\S+)/m.exec(info)?.[1] ?? SAFE_POLICY;
    const isLimited = !/^maxmemory:0\s*$/m.test(info);
    if (policy !== SAFE_POLICY && isLimited && policy !== this.#policy) {
      const sentence = `the cluster's store forgets tokens, their first uses and slots when its memory is full: expected maxmemory-policy ${SAFE_POLICY}`;
      this.#options.log.warn({ policy }, sentence);
    }
    this.#policy = policy;
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
