import { createHash, randomUUID } from "node:crypto";
import { type Database, openDatabase } from "./database.ts";
import type { ConsoleRow, ConsoleWriter } from "./writer.ts";

/** Writes rows into a cell database of Nova, in the shape that its release has. */
export class SqlConsoleWriter implements ConsoleWriter {
  readonly #database: Database;
  /** Of `console_auth_tokens`: `tls_port` came with 2025.1. */
  readonly #columns: ReadonlySet<string>;
  readonly #written: ConsoleRow[] = [];

  private constructor(database: Database, columns: ReadonlySet<string>) {
    this.#database = database;
    this.#columns = columns;
  }

  /**
   * @param url - as in `[database] connection`.
   * @throws Error when it is not a cell database of Nova.
   */
  static async open(url: string): Promise<SqlConsoleWriter> {
    const database = openDatabase(url);
    const rows = await database.query(
      "SELECT column_name AS name FROM information_schema.columns " +
        `WHERE table_name = 'console_auth_tokens' AND table_schema = ${database.schema}`,
    );
    const columns = new Set(rows.map(({ name }) => String(name)));
    if (columns.has("token_hash")) return new SqlConsoleWriter(database, columns);
    await database.close();
    throw new Error("expected a cell database of Nova, but it has no table console_auth_tokens");
  }

  async issue(given: Omit<ConsoleRow, "token" | "instance">): Promise<ConsoleRow> {
    const row = { ...given, token: randomUUID(), instance: randomUUID() };
    this.#written.push(row);
    await this.#insert("instances", {
      uuid: row.instance,
      deleted: 0,
      display_name: "conformance",
      host: "conformance",
      vm_state: "active",
    });
    await this.#insert("console_auth_tokens", {
      token_hash: hashOf(row),
      console_type: row.type,
      host: row.host,
      port: row.port,
      ...(this.#columns.has("tls_port") && { tls_port: null }),
      internal_access_path: row.internalAccessPath,
      instance_uuid: row.instance,
      expires: row.expires,
      access_url_base: row.accessUrlBase,
    });
    return row;
  }

  async deleteToken(row: ConsoleRow): Promise<void> {
    await this.#database.query("DELETE FROM console_auth_tokens WHERE token_hash = ?", [hashOf(row)]);
  }

  async deleteInstance({ instance }: ConsoleRow): Promise<void> {
    await this.#database.query("UPDATE instances SET deleted = id WHERE uuid = ?", [instance]);
  }

  async close(): Promise<void> {
    for (const row of this.#written) {
      await this.deleteToken(row);
      await this.#database.query("DELETE FROM instances WHERE uuid = ?", [row.instance]);
    }
    await this.#database.close();
  }

  async #insert(table: string, row: Readonly<Record<string, unknown>>): Promise<void> {
    const columns = ["created_at", ...Object.keys(row)];
    const values = [new Date().toISOString().slice(0, 19).replace("T", " "), ...Object.values(row)];
    const places = columns.map(() => "?").join(", ");
    await this.#database.query(`INSERT INTO ${table} (${columns.join(", ")}) VALUES (${places})`, values);
  }
}

/** Nova keeps only this of a token. */
function hashOf({ token }: ConsoleRow): string {
  return createHash("sha256").update(token).digest("hex");
}
