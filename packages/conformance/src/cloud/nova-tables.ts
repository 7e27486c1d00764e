import { createHash } from "node:crypto";

/** What a row of `console_auth_tokens` is written from: Nova keeps only the token's hash. */
export interface TokenRow {
  readonly token: string;
  /** UUID. */
  readonly instance: string;
  /** As Nova names it, such as `novnc`. */
  readonly consoleType: string;
  readonly host: string;
  readonly port: number;
  /** Not written where the release has no such column. */
  readonly tlsPort: number | null;
  readonly internalAccessPath: string | null;
  /** Whole seconds since the epoch. */
  readonly expires: number;
  readonly accessUrlBase: string | null;
}

/** An instance that runs. */
export interface InstanceRow {
  /** UUID. */
  readonly uuid: string;
  readonly name: string;
  readonly host: string;
}

/** Runs SQL with `?` for values. */
export type Execute = (sql: string, values: readonly unknown[]) => Promise<unknown>;

/** Writes the tables of a cell as Nova does. */
export class NovaTables {
  readonly #execute: Execute;
  readonly #hasTlsPort: boolean;

  /** @param hasTlsPort - whether `console_auth_tokens` has the column `tls_port`, which came with 2025.1. */
  constructor(execute: Execute, hasTlsPort: boolean) {
    this.#execute = execute;
    this.#hasTlsPort = hasTlsPort;
  }

  async insert(table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
    const columns = ["created_at", ...Object.keys(row)];
    const values = [new Date().toISOString().slice(0, 19).replace("T", " "), ...Object.values(row)];
    const places = columns.map(() => "?").join(", ");
    await this.#execute(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`, values);
  }

  async insertInstance({ uuid, name, host }: InstanceRow): Promise<void> {
    await this.insert("instances", { uuid, deleted: 0, display_name: name, host, vm_state: "active" });
  }

  /** As nova-compute does when it is asked for the URL of a console. */
  async insertToken(row: TokenRow): Promise<void> {
    await this.insert("console_auth_tokens", {
      token_hash: hashOf(row.token),
      console_type: row.consoleType,
      host: row.host,
      port: row.port,
      ...(this.#hasTlsPort && { tls_port: row.tlsPort }),
      internal_access_path: row.internalAccessPath,
      instance_uuid: row.instance,
      expires: row.expires,
      access_url_base: row.accessUrlBase,
    });
  }

  async deleteToken(token: string): Promise<void> {
    await this.#execute("DELETE FROM console_auth_tokens WHERE token_hash = ?", [hashOf(token)]);
  }

  /** As Nova deletes an instance: softly. */
  async deleteInstance(uuid: string): Promise<void> {
    await this.#execute("UPDATE instances SET deleted = id WHERE uuid = ?", [uuid]);
  }
}

function hashOf(token: string): string {
  return createHash("sha256").update(token).digest("hex");
}
