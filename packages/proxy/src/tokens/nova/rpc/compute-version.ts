import { unlessAborted } from "../../../time/unless-aborted.ts";
import type { NovaCell } from "../options.ts";

/** How long an answer is used, in milliseconds. */
const REMEMBER_MS = 60_000;

/** The lowest version of the nova-compute services that Nova counts (`service_get_minimum_version` of its database). */
const STATEMENT =
  "SELECT MIN(s.version) AS version FROM services s " +
  "WHERE s.binary = 'nova-compute' AND s.deleted = 0 AND NOT s.forced_down";

/** The lowest version of a cell's nova-compute services. All lookups of a minute share one query. */
export class ComputeVersion {
  readonly #cell: Pick<NovaCell, "query">;
  readonly #rememberMs: number;
  #answer: Promise<number | undefined> | undefined;
  /** Until when the answer counts, on the monotonic clock. */
  #until = 0;

  /** @param rememberMs - test seam. */
  constructor(cell: Pick<NovaCell, "query">, rememberMs: number = REMEMBER_MS) {
    this.#cell = cell;
    this.#rememberMs = rememberMs;
  }

  /**
   * The version; undefined where there is no such service.
   *
   * @throws Error when the database does not tell, or when the signal is aborted.
   */
  async current(signal: AbortSignal): Promise<number | undefined> {
    if (this.#answer === undefined || performance.now() >= this.#until) {
      this.#until = performance.now() + this.#rememberMs;
      const answer = this.#read();
      this.#answer = answer;
      answer.catch(() => {
        if (this.#answer === answer) this.#answer = undefined;
      });
    }
    return await unlessAborted(this.#answer, signal);
  }

  async #read(): Promise<number | undefined> {
    // Not the signal of one lookup: others wait for the same answer. The database has a time limit of its own.
    const [row] = await this.#cell.query(STATEMENT, [], new AbortController().signal);
    const value = row?.["version"] ?? undefined;
    if (value === undefined) return undefined;
    const version = Number(value);
    if (Number.isSafeInteger(version)) return version;
    throw new Error("services.version: expected a whole number");
  }
}
