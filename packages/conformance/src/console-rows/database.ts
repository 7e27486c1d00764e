import { createPool } from "mysql2/promise";
import { Pool } from "pg";

/** A connection to a database, which takes `?` for values. */
export interface Database {
  /** SQL for the name of the schema in use, as `information_schema` has it: a server may have several databases of Nova. */
  readonly schema: string;
  query(sql: string, values?: readonly unknown[]): Promise<readonly Readonly<Record<string, unknown>>[]>;
  close(): Promise<void>;
}

/** How many connections there are at most. */
const CONNECTIONS = 4;

const DEFAULT_PORTS: Readonly<Record<string, number>> = { mysql: 3306, postgresql: 5432 };

/**
 * Connects to a database by a URL of nova.conf, such as `mysql+pymysql://nova:secret@127.0.0.1/nova`. Parameters of the URL
 * have no effect.
 *
 * @throws TypeError when it is none; the password is not quoted.
 */
export function openDatabase(url: string): Database {
  const [scheme = ""] = url.split(/[+:]/, 1);
  const system = scheme.replace(/^mariadb$/, "mysql").replace(/^postgres$/, "postgresql");
  const parsed = URL.parse(url.replace(/^[\w+]+:/, "sql:"));
  if (parsed === null || !Object.hasOwn(DEFAULT_PORTS, system)) {
    throw new TypeError(
      `expected a URL such as mysql+pymysql://user:password@host/nova, but got one that begins with ${scheme}:`,
    );
  }
  const options = {
    host: parsed.hostname.replace(/^\[|\]$/g, ""),
    port: parsed.port === "" ? (DEFAULT_PORTS[system] ?? 0) : Number(parsed.port),
    user: decodeURIComponent(parsed.username),
    password: decodeURIComponent(parsed.password),
    database: parsed.pathname.slice(1),
  };
  return system === "mysql" ? openMysql(options) : openPostgresql(options);
}

interface ConnectionOptions {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
}

function openMysql(options: ConnectionOptions): Database {
  const pool = createPool({ ...options, connectionLimit: CONNECTIONS });
  return {
    schema: "DATABASE()",
    async query(sql, values = []) {
      const [rows] = await pool.query(sql, [...values]);
      return Array.isArray(rows) ? (rows as Record<string, unknown>[]) : [];
    },
    close: async () => await pool.end(),
  };
}

function openPostgresql(options: ConnectionOptions): Database {
  const pool = new Pool({ ...options, max: CONNECTIONS });
  // A connection that breaks while it is idle; the next query gets another one.
  pool.on("error", () => {});
  return {
    schema: "current_schema()",
    async query(sql, values = []) {
      let count = 0;
      const numbered = sql.replaceAll("?", () => `$${(count += 1)}`);
      return (await pool.query<Record<string, unknown>>(numbered, [...values])).rows;
    },
    close: async () => await pool.end(),
  };
}
