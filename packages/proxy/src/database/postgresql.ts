import type { EventEmitter } from "node:events";
import type { Duplex } from "node:stream";
import type { ConnectionOptions } from "node:tls";
import { Client, type ClientConfig, Pool, type PoolClient, type PoolConfig } from "pg";
import { AnswerBound } from "./answer-bound.ts";
import { type ConnectionPool, type Driver, given, IDLE_MS, type LentConnection, type PoolOptions } from "./driver.ts";
import type { Row, TlsMaterial } from "./driver.ts";

/** Errors of a connection that the server has closed (PostgreSQL, appendix A, class 57), or that broke. */
const LOST = new Set(["57P01", "57P02", "57P05", "ECONNRESET", "EPIPE"]);

/** PostgreSQL, with `pg`. */
export const POSTGRESQL: Driver = {
  openPool: (options) => new PostgresqlPool(options),
  isLost: (error) => {
    const { code, message } = error as Error & { readonly code?: string };
    return LOST.has(code ?? "") || /^(?:Connection terminated|Client .* not queryable)/.test(message);
  },
  isWithoutTls: (error) => (error as Error).message === "The server does not support SSL connections",
};

/** What `pg` has of a connection; the stream is another one with TLS. */
type PgConnection = EventEmitter & { readonly stream: Duplex };

/**
 * Closes its connection when it cannot authenticate, such as for want of a password, which `pg` leaves to the server, and
 * when an answer is too long.
 */
class BoundedClient extends Client {
  readonly bound: AnswerBound;

  constructor(options: ClientConfig | undefined, maxAnswerBytes: number) {
    super(options);
    const { connection } = this as unknown as { readonly connection: PgConnection };
    const bound = new AnswerBound(maxAnswerBytes);
    bound.watch(connection.stream);
    connection.on("sslconnect", () => bound.watch(connection.stream));
    this.bound = bound;
    // As the pool calls it.
    const connect = (callback: (error: Error | null) => void): void => {
      super.connect((error: Error | null) => {
        if (error !== null) connection.stream.destroy();
        callback(error);
      });
    };
    Object.assign(this, { connect });
  }
}

class PostgresqlPool implements ConnectionPool {
  readonly #pool: Pool;

  constructor({ settings, tls, maxConnections, connectMs, maxAnswerBytes }: PoolOptions) {
    const { host, port, socket, user, password, database, sessionOptions } = settings;
    const options = {
      Client: class extends BoundedClient {
        constructor(of?: ClientConfig) {
          super(of, maxAnswerBytes);
        }
      },
      // A folder's path names a socket.
      host: socket ?? host,
      port,
      user,
      password,
      database,
      options: sessionOptions,
      ssl: tls === undefined || socket !== undefined ? false : toSsl(tls),
      max: maxConnections,
      idleTimeoutMillis: IDLE_MS,
      connectionTimeoutMillis: connectMs,
      keepAlive: true,
      application_name: "curfew",
    };
    this.#pool = new Pool(given(options) as PoolConfig);
    // Connections that break while they are idle; the next query takes another one.
    this.#pool.on("error", () => {});
  }

  async acquire(): Promise<LentConnection> {
    const client = await this.#pool.connect();
    const { bound } = client as PoolClient & BoundedClient;
    // Without a listener, a connection that breaks during a query would end the process.
    const ignore = (): void => {};
    client.on("error", ignore);
    const end = (destroy: boolean): void => {
      client.off("error", ignore);
      client.release(destroy);
    };
    return {
      query: async (sql, values) => {
        bound.begin();
        const { rows } = await client.query<Row>(numbered(sql), [...values]);
        return rows;
      },
      execute: async (sql, values) => {
        bound.begin();
        return (await client.query(numbered(sql), [...values])).rowCount ?? 0;
      },
      onNotification: (listener) => client.on("notification", listener),
      release: () => end(false),
      destroy: () => end(true),
    };
  }

  async close(): Promise<void> {
    if (!this.#pool.ending) await this.#pool.end();
  }
}

/** With `$1`, `$2`, … in place of each `?`. */
function numbered(sql: string): string {
  let count = 0;
  return sql.replaceAll("?", () => `$${(count += 1)}`);
}

function toSsl({ ca, cert, key, passphrase, ciphers, verify }: TlsMaterial): ConnectionOptions {
  return {
    ...given({ ca, cert, key, passphrase, ciphers }),
    rejectUnauthorized: verify !== "nothing",
    ...(verify !== "name" && { checkServerIdentity: () => undefined }),
  };
}
