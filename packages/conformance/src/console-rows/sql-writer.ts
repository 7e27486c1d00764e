import { randomUUID } from "node:crypto";
import { type Database, openDatabase } from "./database.ts";
import { NovaTables } from "../cloud/nova-tables.ts";
import type { ConsoleRow, ConsoleWriter } from "./writer.ts";

/** Writes rows into a cell database of Nova, in the shape that its release has. */
export class SqlConsoleWriter implements ConsoleWriter {
  readonly #database: Database;
  readonly #tables: NovaTables;
  readonly #written: ConsoleRow[] = [];

  private constructor(database: Database, hasTlsPort: boolean) {
    this.#database = database;
    this.#tables = new NovaTables((sql, values) => database.query(sql, values), hasTlsPort);
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
    if (columns.has("token_hash")) return new SqlConsoleWriter(database, columns.has("tls_port"));
    await database.close();
    throw new Error("expected a cell database of Nova, but it has no table console_auth_tokens");
  }

  async issue(given: Omit<ConsoleRow, "token" | "instance">): Promise<ConsoleRow> {
    const row = { ...given, token: randomUUID(), instance: randomUUID() };
    this.#written.push(row);
    await this.#tables.insertInstance({ uuid: row.instance, name: "conformance", host: "conformance" });
    await this.#tables.insertToken({ ...row, consoleType: row.type, tlsPort: null });
    return row;
  }

  async deleteToken({ token }: ConsoleRow): Promise<void> {
    await this.#tables.deleteToken(token);
  }

  async deleteInstance({ instance }: ConsoleRow): Promise<void> {
    await this.#tables.deleteInstance(instance);
  }

  async close(): Promise<void> {
    for (const row of this.#written) {
      await this.deleteToken(row);
      await this.#database.query("DELETE FROM instances WHERE uuid = ?", [row.instance]);
    }
    await this.#database.close();
  }
}
