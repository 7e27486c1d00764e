import { connect, isIP, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import {
  createPool,
  type Pool,
  type PoolConnection,
  type PoolOptions as MysqlPoolOptions,
  type ResultSetHeader,
} from "mysql2/promise";
import { AnswerBound } from "./answer-bound.ts";
import { type ConnectionPool, type Driver, given, IDLE_MS, type LentConnection, type PoolOptions } from "./driver.ts";
import type { Row, TlsMaterial } from "./driver.ts";

/** Errors of a connection that was closed, by the server, its shutdown, or the network. */
const LOST = new Set([
  "PROTOCOL_CONNECTION_LOST",
  "ECONNRESET",
  "EPIPE",
  "ER_SERVER_SHUTDOWN",
  "ER_CONNECTION_KILLED",
  "ER_CLIENT_INTERACTION_TIMEOUT",
]);

/** MariaDB and MySQL, with `mysql2`. */
export const MYSQL: Driver = {
  openPool: (options) => new MysqlPool(options),
  isLost: (error) => LOST.has(codeOf(error)) || (error as Error).message.includes("in closed state"),
  isWithoutTls: (error) => codeOf(error) === "HANDSHAKE_NO_SSL_SUPPORT",
};

class MysqlPool implements ConnectionPool {
  readonly #pool: Pool;
  readonly #maxAnswerBytes: number;
  readonly #bounds = new WeakMap<Duplex, AnswerBound>();

  constructor({ settings, tls, maxConnections, connectMs, maxAnswerBytes }: PoolOptions) {
    const { host, port, socket, user, password, database } = settings;
    this.#maxAnswerBytes = maxAnswerBytes;
    const options = {
      ...(socket === undefined ? { host, port } : { socketPath: socket }),
      // As the driver connects, but bounded from the first byte on.
      stream: () => {
        const stream: Socket =
          socket === undefined ? connect({ host, port, noDelay: true, keepAlive: true }) : connect(socket);
        // Node compares a certificate with the host of the stream below; that of an address it would take for "localhost".
        if (isIP(host) > 0) Object.assign(stream, { _host: host });
        this.#boundOf(stream);
        return stream;
      },
      user,
      password,
      database,
      ssl: tls && socket === undefined ? toSsl(tls) : undefined,
      connectTimeout: connectMs,
      connectionLimit: maxConnections,
      // The pool looks for idle connections only where fewer may be idle than open.
      maxIdle: maxConnections - 1,
      idleTimeout: IDLE_MS,
      // Dates are not needed as objects.
      dateStrings: true,
      // Code is not to be generated from what a server names its columns.
      disableEval: true,
      flags: ["-LOCAL_FILES"],
    };
    this.#pool = createPool(given(options) as MysqlPoolOptions);
  }

  async acquire(): Promise<LentConnection> {
    const connection = await this.#pool.getConnection();
    // Another stream than before with TLS.
    const bound = this.#boundOf(streamOf(connection));
    return {
      query: async (sql, values) => {
        bound.begin();
        const [rows] = await connection.query(sql, [...values]);
        return rows as Row[];
      },
      execute: async (sql, values) => {
        bound.begin();
        const [result] = await connection.query<ResultSetHeader>(sql, [...values]);
        return result.affectedRows;
      },
      onNotification: () => {},
      release: () => connection.release(),
      destroy: () => connection.destroy(),
    };
  }

  async close(): Promise<void> {
    // It rejects for connections that broke before.
    await this.#pool.end().catch(() => {});
  }

  #boundOf(stream: Duplex): AnswerBound {
    const known = this.#bounds.get(stream);
    if (known !== undefined) return known;
    const bound = new AnswerBound(this.#maxAnswerBytes);
    bound.watch(stream);
    this.#bounds.set(stream, bound);
    return bound;
  }
}

function streamOf({ connection }: PoolConnection): Duplex {
  return (connection as unknown as { readonly stream: Duplex }).stream;
}

function toSsl({ ca, cert, key, passphrase, ciphers, verify }: TlsMaterial): object {
  return given({
    ca,
    cert,
    key,
    passphrase,
    ciphers,
    rejectUnauthorized: verify !== "nothing",
    verifyIdentity: verify === "name",
  });
}

function codeOf(error: unknown): string {
  const { code } = error as { readonly code?: unknown };
  return typeof code === "string" ? code : "";
}
