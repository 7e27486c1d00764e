/** A console's row in `console_auth_tokens`, with the token that Nova does not keep. */
export interface ConsoleRow {
  readonly token: string;
  /** UUID. */
  readonly instance: string;
  /** As Nova names it. */
  readonly type: "novnc" | "serial";
  readonly host: string;
  readonly port: number;
  readonly internalAccessPath: string | null;
  readonly accessUrlBase: string | null;
  /** Whole seconds since the epoch. */
  readonly expires: number;
}

/** Writes what Nova would write. An implementation of your own may ask Nova's API instead. */
export interface ConsoleWriter {
  /** Makes an instance that exists and a row of `console_auth_tokens`, for a new token. */
  issue(row: Omit<ConsoleRow, "token" | "instance">): Promise<ConsoleRow>;
  /** Removes the row, as Nova does when a machine has moved. */
  deleteToken(row: ConsoleRow): Promise<void>;
  /** Deletes the instance, as Nova does: softly. */
  deleteInstance(row: ConsoleRow): Promise<void>;
  /** Removes everything that was written. */
  close(): Promise<void>;
}
