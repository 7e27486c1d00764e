import { EndError } from "../../end-reason.ts";
import { sha256 } from "../../sha256.ts";
import type { Grant } from "../grant.ts";
import type { LookupContext, TokenSource } from "../source.ts";
import type { Cell } from "./cell.ts";
import { type Cells, type CellsOptions, openCells } from "./cells.ts";

/** What a cell without the token answers. */
const NOT_HERE = new Error("this cell does not have the token");

/**
 * Looks console tokens up where Nova writes them: in the table `console_auth_tokens` of its cell databases. Nothing is
 * written there. A cell that does not answer makes every token that the others do not have uncertain, so that lookup
 * rejects; nothing fails open.
 */
export class NovaTokenSource implements TokenSource {
  readonly #cells: Cells;
  readonly #validation: CellsOptions["validation"];

  private constructor(cells: Cells, validation: CellsOptions["validation"]) {
    this.#cells = cells;
    this.#validation = validation;
  }

  /**
   * Opens the databases of a configuration; they need not be there yet.
   *
   * @throws Error when a URL is wrong, or a TLS file cannot be read. It quotes no password.
   */
  static async open(options: CellsOptions): Promise<NovaTokenSource> {
    return new NovaTokenSource(await openCells(options), options.validation);
  }

  async resolve(token: string, { signal }: LookupContext): Promise<Grant | undefined> {
    const tokenHash = sha256(token).toString("hex");
    const { cells, unsure } = await this.#cells.current(signal);
    const grant = await findIn(cells, tokenHash, signal);
    if (grant === undefined && unsure !== undefined) throw unsure;
    return grant;
  }

  /** Rejects while a cell, or the API database, does not answer. */
  async health(signal: AbortSignal): Promise<void> {
    const { cells, unsure } = await this.#cells.current(signal);
    if (unsure !== undefined) throw unsure;
    const checks = cells.map(async (cell) => {
      await cell.health(signal).catch((error: unknown) => {
        throw withName(cell, error);
      });
    });
    await Promise.all([...checks, this.#validation?.health?.(signal)]);
  }

  async close(): Promise<void> {
    await Promise.all([this.#cells.close(), this.#validation?.close?.()]);
  }
}

/**
 * The first grant that a cell has; undefined when all cells have answered without.
 *
 * @throws EndError of a cell that knows the token but refuses it, or else the Error of one that did not answer.
 */
async function findIn(cells: readonly Cell[], tokenHash: string, signal: AbortSignal): Promise<Grant | undefined> {
  const answers = cells.map(async (cell) => {
    const grant = await cell.find(tokenHash, signal).catch((error: unknown) => {
      throw error instanceof EndError || signal.aborted ? error : withName(cell, error);
    });
    if (grant === undefined) throw NOT_HERE;
    return grant;
  });
  try {
    return await Promise.any(answers);
  } catch (error) {
    const failures = (error as AggregateError).errors.filter((each) => each !== NOT_HERE) as Error[];
    const failure = failures.find((each) => each instanceof EndError) ?? failures[0];
    if (failure !== undefined) throw failure;
    return undefined;
  }
}

function withName({ name }: Cell, cause: unknown): Error {
  return new Error(`${name} of Nova did not answer`, { cause });
}
