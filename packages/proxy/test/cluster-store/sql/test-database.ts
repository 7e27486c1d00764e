import { type DatabaseServer, type DatabaseServerOptions, startMariaDb, startPostgreSql } from "@curfew/testing/real";
import { createConnection } from "mysql2/promise";
import { Client } from "pg";
import type { DatabaseSystem } from "../../../src/database/database-settings.ts";
import { tableNames } from "../../../src/cluster-store/sql/schema.ts";
import { MYSQL_DIALECT } from "../../../src/cluster-store/sql/mysql-dialect.ts";
import { POSTGRESQL_DIALECT } from "../../../src/cluster-store/sql/postgresql-dialect.ts";
import type { TableName } from "../../../src/cluster-store/sql/tables.ts";

/** The databases that a cluster can have as its store. */
export const SYSTEMS: readonly DatabaseSystem[] = ["postgresql", "mysql"];

const DATABASE = "cluster";

/** A connection of an operator. */
interface OperatorConnection {
  /** @param sql - with a `?` for each value. */
  query(sql: string, values: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  end(): void;
}

/** A real server with a database for the clusters of tests, each with a prefix of its own. */
export class TestDatabase implements AsyncDisposable {
  readonly server: DatabaseServer;
  readonly #system: DatabaseSystem;
  #operator: OperatorConnection | undefined;

  private constructor(system: DatabaseSystem, server: DatabaseServer) {
    this.#system = system;
    this.server = server;
  }

  static async start(system: DatabaseSystem, options: DatabaseServerOptions = {}): Promise<TestDatabase> {
    const server = await (system === "mysql" ? startMariaDb : startPostgreSql)(options);
    const started = new TestDatabase(system, server);
    const connection = await started.#connect();
    await connection.query(`CREATE DATABASE ${DATABASE}`, []);
    connection.end();
    return started;
  }

  /** As `cluster.store` has it. */
  url({ port = this.server.port, user = this.server.user, query = "" } = {}): string {
    const { host, password } = this.server;
    return `${this.#system}://${user}:${encodeURIComponent(password)}@${host}:${port}/${DATABASE}${query}`;
  }

  /** What an operator does. @param sql - with a `?` for each value. */
  async run(sql: string, values: readonly unknown[] = []): Promise<readonly Readonly<Record<string, unknown>>[]> {
    this.#operator ??= await this.#connect(DATABASE);
    return await this.#operator.query(sql, values);
  }

  /** Ends all other connections, as an operator or a restart does. */
  async endConnections(): Promise<void> {
    if (this.#system === "postgresql") {
      await this.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'curfew'");
      return;
    }
    const rows = await this.run(
      "SELECT id FROM information_schema.processlist WHERE db = ? AND id <> CONNECTION_ID()",
      [DATABASE],
    );
    for (const { id } of rows) await this.run(`KILL ${Number(id)}`).catch(() => {});
  }

  /** The name of a table of a cluster. */
  table(prefix: string, name: TableName): string {
    return tableNames(prefix, this.#system === "mysql" ? MYSQL_DIALECT : POSTGRESQL_DIALECT)[name];
  }

  /** How many rows a table of a cluster has. */
  async count(prefix: string, name: TableName, condition = "1 = 1"): Promise<number> {
    const [row] = await this.run(`SELECT COUNT(*) AS count FROM ${this.table(prefix, name)} WHERE ${condition}`);
    return Number(row?.["count"]);
  }

  /** Ends the operator's connection, which a restart of the server would break. */
  disconnect(): void {
    this.#operator?.end();
    this.#operator = undefined;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.disconnect();
    await this.server.stop();
  }

  async #connect(database?: string): Promise<OperatorConnection> {
    const { host, port, user, password } = this.server;
    if (this.#system === "mysql") {
      const connection = await createConnection({ host, port, user, password, ...(database && { database }) });
      connection.on("error", () => {});
      return {
        query: async (sql, values) => {
          const [rows] = await connection.query(sql, [...values]);
          return (Array.isArray(rows) ? rows : []) as Record<string, unknown>[];
        },
        end: () => connection.destroy(),
      };
    }
    const client = new Client({ host, port, user, password, database: database ?? "postgres" });
    client.on("error", () => {});
    await client.connect();
    return {
      query: async (sql, values) => {
        let count = 0;
        return (
          await client.query(
            sql.replaceAll("?", () => `$${(count += 1)}`),
            [...values],
          )
        ).rows as Record<string, unknown>[];
      },
      end: () => void client.end().catch(() => {}),
    };
  }
}
