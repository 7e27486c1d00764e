import { EndError } from "../../end-reason.ts";
import { sameEndpoint } from "../../net/endpoint.ts";
import type { Grant, GrantEnd, GrantRevalidation } from "../grant.ts";
import { INSTANCE_PREFIX, instanceExists, readConsole, toGrant } from "./console-row.ts";
import type { Database } from "./database.ts";
import type { Row } from "../../database/driver.ts";
import type { ConsoleValidation, NovaCell, NovaConsole } from "./options.ts";
import { CHECK, findLive, findToken } from "./statements.ts";

/** How many grants one query checks; a gateway with more sessions sends several, one after the other. */
const MAX_GRANTS_PER_QUERY = 1000;

/**
 * How far the clocks of Nova and the gateway may disagree, in milliseconds: Nova deletes rows by its own clock once they
 * have expired.
 */
const CLOCK_TOLERANCE_MS = 5000;

/** Why an instance's console is neither opened nor kept open. */
const DELETED: GrantEnd = { reason: "instance_deleted", detail: "the instance was deleted" };
const MOVED: GrantEnd = { reason: "console_moved", detail: "the console has moved, or access was withdrawn" };

/** Where a cell is, which may change while sessions live. */
export interface CellMapping extends Pick<NovaCell, "name" | "transportUrl"> {
  readonly database: Pick<Database, "query" | "close">;
}

/** What a {@link Cell} is made with, besides its mapping. */
export interface CellOptions {
  readonly validation: ConsoleValidation | undefined;
  /** Test seam. @defaultValue the system's clock, in milliseconds since the epoch */
  readonly now?: () => number;
}

/** One of Nova's cells: its tokens and its instances. */
export class Cell implements NovaCell, GrantRevalidation {
  #mapping: CellMapping;
  readonly #validation: ConsoleValidation | undefined;
  readonly #findToken: string;
  readonly #now: () => number;

  /** @throws Error when a column that the validation asks for cannot be one. */
  constructor(mapping: CellMapping, { validation, now = Date.now }: CellOptions) {
    this.#mapping = mapping;
    this.#validation = validation;
    this.#findToken = findToken(validation?.instanceColumns ?? []);
    this.#now = now;
  }

  get name(): string {
    return this.#mapping.name;
  }

  get transportUrl(): string | undefined {
    return this.#mapping.transportUrl;
  }

  async query(sql: string, values: readonly string[], signal: AbortSignal): Promise<readonly Row[]> {
    return await this.#mapping.database.query(sql, values, signal);
  }

  /** Moves the cell to another database, for its sessions, too. */
  async move(mapping: CellMapping): Promise<void> {
    const { database } = this.#mapping;
    this.#mapping = mapping;
    await database.close();
  }

  /**
   * The grant of a token, which may have expired; undefined when this cell does not have it.
   *
   * @param tokenHash - SHA-256 of the token, in hex.
   * @throws EndError when the token is known but opens nothing.
   * @throws Error when it cannot be told.
   */
  async find(tokenHash: string, signal: AbortSignal): Promise<Grant | undefined> {
    const [row] = await this.query(this.#findToken, [tokenHash], signal);
    if (row === undefined) return undefined;
    const console = readConsole(row, this);
    const grant = toGrant(console, tokenHash, this);
    // As Nova compares: a token is valid while its `expires` is greater than the whole seconds of now.
    if (console.expires > Math.floor(this.#now() / 1000)) await this.#validate(console, signal);
    return grant;
  }

  /** Looks all grants' rows and instances up again; see {@link GrantRevalidation}. */
  async check(grants: readonly Grant[], signal: AbortSignal): Promise<readonly (GrantEnd | undefined)[]> {
    const ends: (GrantEnd | undefined)[] = [];
    for (let start = 0; start < grants.length; start += MAX_GRANTS_PER_QUERY) {
      ends.push(...(await this.#checkSome(grants.slice(start, start + MAX_GRANTS_PER_QUERY), signal)));
    }
    return ends;
  }

  /** Rejects while lookups would fail. */
  async health(signal: AbortSignal): Promise<void> {
    await this.query(CHECK, [], signal);
  }

  async close(): Promise<void> {
    await this.#mapping.database.close();
  }

  async #validate(console: NovaConsole, signal: AbortSignal): Promise<void> {
    if (!instanceExists(console)) throw new EndError(DELETED.reason, DELETED.detail);
    if (this.#validation === undefined || (await this.#validation.isValid(console, signal))) return;
    throw new EndError(MOVED.reason, "the console is no longer where the token says");
  }

  async #checkSome(grants: readonly Grant[], signal: AbortSignal): Promise<readonly (GrantEnd | undefined)[]> {
    const instances = [...new Set(grants.map(({ instance = "" }) => instance))];
    const tokens = [...new Set(grants.map(({ tokenId }) => tokenId))];
    const statement = findLive(instances.length, tokens.length);
    const rows = await this.query(statement, [...tokens, ...instances], signal);
    const live = new Set(rows.map((row) => row[`${INSTANCE_PREFIX}uuid`]));
    const byToken = new Map(rows.map((row) => [row["token_hash"], row]));
    return grants.map((grant) => {
      if (!live.has(grant.instance)) return DELETED;
      const row = byToken.get(grant.tokenId);
      return row === undefined ? this.#endOfMissing(grant) : this.#endOfFound(grant, row);
    });
  }

  /** Nova deletes expired rows from time to time: a row that may have been one of those was not withdrawn. */
  #endOfMissing({ expiresAt = Infinity }: Grant): GrantEnd | undefined {
    return expiresAt > this.#now() + CLOCK_TOLERANCE_MS ? MOVED : undefined;
  }

  #endOfFound(grant: Grant, row: Row): GrantEnd | undefined {
    const found = this.#readIfPossible(row);
    const isSame =
      found !== undefined &&
      sameEndpoint(grant.endpoint, { type: "tcp", host: found.host, port: found.port }) &&
      grant.tlsPort === found.tlsPort &&
      grant.internalAccessPath === found.internalAccessPath;
    return isSame ? undefined : MOVED;
  }

  /** One row that cannot be read must not keep all others from being checked. */
  #readIfPossible(row: Row): NovaConsole | undefined {
    try {
      return readConsole(row, this);
    } catch {
      return undefined;
    }
  }
}
