import type { DatabaseServer } from "@curfew/testing/real";
import { randomUUID } from "node:crypto";
import { createConnection } from "mysql2/promise";
import { Client } from "pg";
import { NovaTables, type TokenRow } from "./nova-tables.ts";
import { apiSchema, cellSchema, type Release, RELEASES, type System } from "./schema.ts";

type Execute = (sql: string, values?: readonly unknown[]) => Promise<unknown>;

/** One of Nova's databases on a real server, written as Nova does. */
export class NovaDatabase {
  readonly system: System;
  readonly name: string;
  readonly #server: DatabaseServer;
  readonly #tables: NovaTables;

  private constructor(system: System, server: DatabaseServer, name: string, hasTlsPort: boolean) {
    this.system = system;
    this.#server = server;
    this.name = name;
    this.#tables = new NovaTables((sql, values) => this.execute(sql, values), hasTlsPort);
  }

  static async cell(system: System, server: DatabaseServer, release: Release = "master"): Promise<NovaDatabase> {
    return await NovaDatabase.#create(system, server, cellSchema(system, release), RELEASES[release]);
  }

  static async api(system: System, server: DatabaseServer): Promise<NovaDatabase> {
    return await NovaDatabase.#create(system, server, apiSchema(system), false);
  }

  static async #create(
    system: System,
    server: DatabaseServer,
    schema: readonly string[],
    hasTlsPort: boolean,
  ): Promise<NovaDatabase> {
    const made = new NovaDatabase(system, server, `nova_${randomUUID().slice(0, 8)}`, hasTlsPort);
    await made.#connected(async (execute) => await execute(`CREATE DATABASE ${made.name}`), "");
    await made.#connected(async (execute) => {
      for (const statement of schema) await execute(statement);
    });
    return made;
  }

  /** As in nova.conf. */
  url(query = ""): string {
    const { user, password, host, port } = this.#server;
    const driver = this.system === "mysql" ? "mysql+pymysql" : "postgresql+psycopg2";
    return `${driver}://${user}:${encodeURIComponent(password)}@${host}:${port}/${this.name}${query}`;
  }

  async execute(sql: string, values: readonly unknown[] = []): Promise<unknown> {
    return await this.#connected(async (execute) => await execute(sql, values));
  }

  /** An instance that runs. */
  async addInstance(name = "web"): Promise<string> {
    const uuid = randomUUID();
    await this.#tables.insertInstance({ uuid, name, host: "compute1" });
    return uuid;
  }

  /** A service as it writes itself down. */
  async addService(
    binary: string,
    version: number,
    { deleted = 0, forcedDown = false }: { readonly deleted?: number; readonly forcedDown?: boolean } = {},
  ): Promise<void> {
    const quoted = this.system === "mysql" ? "`binary`" : '"binary"';
    const values = { host: "compute1", [quoted]: binary, topic: "compute", report_count: 0, disabled: false };
    await this.#tables.insert("services", { ...values, deleted, forced_down: forcedDown, version });
  }

  /** As `nova-compute` does when it is asked for a console's URL: for an instance that runs, good for a minute. */
  async addToken(given: Partial<TokenRow> = {}): Promise<TokenRow> {
    const row: TokenRow = {
      token: randomUUID(),
      instance: given.instance ?? (await this.addInstance()),
      consoleType: "novnc",
      host: "127.0.0.1",
      port: 5901,
      tlsPort: null,
      internalAccessPath: null,
      expires: Math.floor(Date.now() / 1000) + 60,
      accessUrlBase: "https://dash.example/vnc_lite.html",
      ...given,
    };
    await this.#tables.insertToken(row);
    return row;
  }

  /** As Nova deletes an instance: softly. */
  async deleteInstance(uuid: string): Promise<void> {
    await this.#tables.deleteInstance(uuid);
  }

  async deleteToken({ token }: Pick<TokenRow, "token">): Promise<void> {
    await this.#tables.deleteToken(token);
  }

  async addCell(uuid: string, name: string, connection: string, transport: string): Promise<void> {
    await this.#tables.insert("cell_mappings", {
      uuid,
      name,
      database_connection: connection,
      transport_url: transport,
    });
  }

  /** How many connections there are to this database, besides the one that asks. */
  async connections(): Promise<number> {
    const table =
      this.system === "mysql"
        ? "information_schema.processlist WHERE db = ? AND id <> CONNECTION_ID()"
        : "pg_stat_activity WHERE datname = ? AND pid <> pg_backend_pid()";
    const [row] = (await this.execute(`SELECT COUNT(*) AS total FROM ${table}`, [this.name])) as { total: unknown }[];
    return Number(row?.total);
  }

  /**
   * Locks the tokens' table, so that lookups wait, calls `begin`, and ends the connection of a lookup that waits. Then
   * the others go on.
   */
  async killLookup(begin: () => void): Promise<void> {
    const isMysql = this.system === "mysql";
    const waiting = isMysql
      ? "SELECT id FROM information_schema.processlist WHERE db = ? AND id <> CONNECTION_ID() AND info LIKE 'SELECT t.%'"
      : "SELECT pid AS id FROM pg_stat_activity WHERE datname = ? AND wait_event_type = 'Lock'";
    await this.#connected(async (execute) => {
      if (!isMysql) await execute("BEGIN");
      await execute(isMysql ? "LOCK TABLES console_auth_tokens WRITE" : "LOCK TABLE console_auth_tokens");
      begin();
      let found: readonly { readonly id: number }[];
      do found = (await execute(waiting, [this.name])) as typeof found;
      while (found.length === 0);
      for (const { id } of found) await execute(isMysql ? `KILL ${id}` : `SELECT pg_terminate_backend(${id})`);
      await execute(isMysql ? "UNLOCK TABLES" : "COMMIT");
    });
  }

  async #connected<T>(work: (execute: Execute) => Promise<T>, name: string = this.name): Promise<T> {
    const { user, password, host, port } = this.#server;
    if (this.system === "mysql") {
      await using connection = await createConnection({ user, password, host, port, database: name });
      return await work(async (sql, values = []) => (await connection.query(sql, [...values]))[0]);
    }
    const client = new Client({ user, password, host, port, database: name === "" ? "postgres" : name });
    await client.connect();
    try {
      let count = 0;
      return await work(async (sql, values = []) => {
        count = 0;
        return (
          await client.query(
            sql.replaceAll("?", () => `$${(count += 1)}`),
            [...values],
          )
        ).rows;
      });
    } finally {
      await client.end();
    }
  }
}
