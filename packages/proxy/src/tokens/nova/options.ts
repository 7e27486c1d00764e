import type { Row } from "../../database/driver.ts";

/** Options of {@link NovaTokenSource}. */
export interface NovaSourceOptions {
  /** The cell database (Nova's `[database] connection`), as oslo.db takes it; also fills the templates of the cells. */
  readonly database?: string | null | undefined;
  /** The API database (Nova's `[api_database] connection`): tokens are looked up in all its cells. */
  readonly api_database?: string | null | undefined;
  /** Nova's `[DEFAULT] transport_url`: the message queue of the cell database; fills the templates of the cells' own. */
  readonly transport_url?: string | null | undefined;
  /** How long a lookup may take in one database, in seconds. */
  readonly timeout: number;
  /** How many connections to databases a process may have. Each cell gets at least one. */
  readonly max_connections: number;
}

/** The cell that a console's row is in. */
export interface NovaCell {
  /** The cell's name or UUID, for the log; "the database" where there is only one. */
  readonly name: string;
  /** The cell's message queue, with its template filled; undefined where there is none. */
  readonly transportUrl: string | undefined;
  /**
   * Asks the cell's database, with a `?` for each value: for what is not in the row or the instance, such as the
   * versions of services. Rejects as a lookup does.
   */
  query(sql: string, values: readonly string[], signal: AbortSignal): Promise<readonly Row[]>;
}

/** A row of `console_auth_tokens` that is valid now, and its instance, which exists. */
export interface NovaConsole {
  readonly cell: NovaCell;
  /** As Nova names it: `novnc`, `serial`, `spice-html5`. */
  readonly consoleType: string;
  readonly host: string;
  readonly port: number;
  /** Undefined where there is none, and in releases before 2025.1. */
  readonly tlsPort: number | undefined;
  readonly internalAccessPath: string | undefined;
  readonly accessUrlBase: string | undefined;
  readonly instanceUuid: string;
  /** Whole seconds since the epoch. */
  readonly expires: number;
  /** The columns of `instances` that were asked for, by name. */
  readonly instance: Row;
}

/**
 * Asks another system about a console before it is opened or renewed: Nova's `validate_console_port`. It is called
 * after the row and the instance were found to be valid, and never for an unknown or expired token.
 */
export interface ConsoleValidation {
  /**
   * Columns of `instances` that it needs, besides `uuid`, `host` and `display_name`. Each must exist in all releases.
   */
  readonly instanceColumns: readonly string[];
  /**
   * Whether the console is still where the row says. False refuses the token as `token_invalid`; a rejection refuses it
   * as `server_busy`, so an answer that does not come opens nothing.
   *
   * @param signal - aborted when the answer is no longer needed, or comes too late: ten seconds after the lookup began.
   */
  isValid(console: NovaConsole, signal: AbortSignal): Promise<boolean>;
  /** Rejects, with the cause, while no console can be validated. */
  health?(signal: AbortSignal): Promise<void>;
  /** Releases connections. */
  close?(): Promise<void>;
}
