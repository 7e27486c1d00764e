import type { DatabaseSettings, DatabaseSystem, ParameterSettings } from "./database-settings.ts";
import { mysqlSettings } from "./mysql-parameters.ts";
import { postgresqlSettings } from "./postgresql-parameters.ts";
import { severalHosts } from "./several-hosts.ts";

/** The drivers of SQLAlchemy, by database; a URL may also name none. */
const DRIVERS: Readonly<Record<DatabaseSystem, readonly string[]>> = {
  mysql: ["pymysql", "mysqldb", "mysqlconnector", "mariadbconnector", "aiomysql", "asyncmy", "cymysql"],
  postgresql: ["psycopg2", "psycopg", "psycopg2cffi", "asyncpg", "pg8000"],
};

const DIALECTS: Readonly<Record<string, DatabaseSystem>> = {
  mysql: "mysql",
  mariadb: "mysql",
  postgresql: "postgresql",
  postgres: "postgresql",
};

const DEFAULT_PORTS: Readonly<Record<DatabaseSystem, number>> = { mysql: 3306, postgresql: 5432 };

const PARAMETERS: Readonly<Record<DatabaseSystem, (query: URLSearchParams) => ParameterSettings>> = {
  mysql: mysqlSettings,
  postgresql: postgresqlSettings,
};

/** The grammar of SQLAlchemy's URLs: a password may contain everything but `@`, and `%xx` escapes. */
const URL_GRAMMAR =
  /^(?<name>[\w+]+):\/\/(?:(?<user>[^:/]*)(?::(?<password>[^@]*))?@)?(?:(?:\[(?<ipv6>[^/?\]]+)\]|(?<host>[^/:?]+))?(?::(?<port>[^/?]*))?)?(?:\/(?<database>[^?]*))?(?:\?(?<query>.*))?$/s;

/**
 * Parses the URL of a database as oslo.db takes it, such as
 * `mysql+pymysql://nova:p%40ss@[::1]:3306/nova_cell1?charset=utf8&ssl_ca=/etc/ssl/ca.pem`.
 *
 * @throws TypeError that says what is wrong; it never quotes the user or the password.
 */
export function parseDatabaseUrl(text: string): DatabaseSettings {
  const parts = URL_GRAMMAR.exec(text)?.groups;
  if (parts === undefined) throw new TypeError("expected a URL such as mysql+pymysql://user:password@host/nova");
  const system = parseSystem(parts["name"] ?? "");
  const fromQuery = PARAMETERS[system](new URLSearchParams(parts["query"] ?? ""));
  const host = parts["ipv6"] ?? parts["host"];
  // It is a part of the password, which messages must not name as the host.
  if (host?.includes("@") === true)
    throw new TypeError("expected %40 in place of @ in the password of the database URL");
  // Which of several can be written to would have to be found out each time that a connection is made.
  const hosts = `${host ?? ""}:${parts["port"] ?? ""}`.replace(/:$/, "");
  if (hosts.includes(",")) throw severalHosts(hosts);
  const database = parts["database"] ?? "";
  if (database === "") throw new TypeError("expected the name of a database in the URL, after the host: …/nova");
  if (database.includes("{") || host?.includes("{") === true) {
    throw new TypeError("expected a URL without a template: {…} is only for the cell mappings of the API database");
  }
  return {
    system,
    host: fromQuery.host ?? host ?? "localhost",
    port: fromQuery.port ?? parsePort(parts["port"]) ?? DEFAULT_PORTS[system],
    socket: fromQuery.socket,
    user: decode(parts["user"]),
    password: decode(parts["password"]),
    database,
    tls: fromQuery.tls,
    connectMs: fromQuery.connectMs,
    readMs: fromQuery.readMs,
    sessionOptions: fromQuery.sessionOptions,
  };
}

function parseSystem(name: string): DatabaseSystem {
  const [dialect = "", driver] = name.split("+", 2);
  const system = Object.hasOwn(DIALECTS, dialect) ? DIALECTS[dialect] : undefined;
  if (system === undefined) {
    throw new TypeError(`expected a database URL that begins with mysql or postgresql, but got ${dialect}`);
  }
  if (driver !== undefined && !DRIVERS[system].includes(driver)) {
    throw new TypeError(`expected one of the drivers ${DRIVERS[system].join(", ")}, but got ${name}`);
  }
  return system;
}

function parsePort(text: string | undefined): number | undefined {
  if (text === undefined || text === "") return undefined;
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0;
  if (port < 1 || port > 65_535) throw new TypeError("expected a port from 1 to 65535 in the database URL");
  return port;
}

/** As Python's `unquote`: an escape that is none stays as it is. */
function decode(text: string | undefined): string | undefined {
  if (text === undefined || text === "") return undefined;
  return text.replaceAll(/(?:%[\da-f]{2})+/gi, (escaped) => Buffer.from(escaped.replaceAll("%", ""), "hex").toString());
}
