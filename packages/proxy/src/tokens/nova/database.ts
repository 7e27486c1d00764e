import { inTime } from "../../time/in-time.ts";
import { unlessAborted } from "../../time/unless-aborted.ts";
import type { DatabaseSettings, DatabaseSystem } from "../../database/database-settings.ts";
import {
  type ConnectionPool,
  type Driver,
  type LentConnection,
  readTlsMaterial,
  type Row,
} from "../../database/driver.ts";

/** How many queries may run and wait at once; what sessions ask for is bounded before, besides renewals. */
const MAX_QUERIES = 1024;

/** How long an answer may be, in bytes: a thousand tokens have less than half of that. */
const MAX_ANSWER_BYTES = 8 * 1024 * 1024;

/** A driver is imported here, so that only the gateways that use it load it. */
const DRIVERS: Readonly<Record<DatabaseSystem, () => Promise<Driver>>> = {
  mysql: async () => (await import("../../database/mysql.ts")).MYSQL,
  postgresql: async () => (await import("../../database/postgresql.ts")).POSTGRESQL,
};

/** Limits of a {@link Database}. */
export interface DatabaseLimits {
  readonly maxConnections: number;
  /** How long a query may take, with the wait for a connection and the connection itself, in milliseconds. */
  readonly timeoutMs: number;
}

/**
 * One of Nova's databases. Connections are made when they are needed, kept for a while, and made again when they broke;
 * nothing but `SELECT` is ever sent, so a query whose connection broke is repeated.
 */
export class Database {
  readonly #settings: DatabaseSettings;
  readonly #limits: DatabaseLimits;
  readonly #driver: Driver;
  #pool: ConnectionPool;
  #queries = 0;
  /** Whether it is known if the server has TLS. */
  #knowsTls = false;
  #probing: Promise<void> | undefined;

  private constructor(settings: DatabaseSettings, limits: DatabaseLimits, driver: Driver, pool: ConnectionPool) {
    this.#settings = settings;
    this.#limits = limits;
    this.#driver = driver;
    this.#pool = pool;
  }

  /**
   * Loads the driver and reads the TLS files. Connects to nothing yet.
   *
   * @throws Error that names a TLS file which cannot be read.
   */
  static async open(settings: DatabaseSettings, limits: DatabaseLimits): Promise<Database> {
    const driver = await DRIVERS[settings.system]();
    const tls = settings.tls && (await readTlsMaterial(settings.tls));
    const timeoutMs = Math.min(limits.timeoutMs, settings.readMs ?? Infinity);
    const bounded = { ...limits, timeoutMs };
    return new Database(settings, bounded, driver, openPool(driver, settings, bounded, tls));
  }

  /**
   * The rows of a query.
   *
   * @param sql - with a `?` for each value.
   * @param signal - when it is aborted, the answer is no longer waited for; the query's time is limited in any case.
   * @throws Error when the database is away, refuses, or does not answer in time.
   */
  async query(sql: string, values: readonly string[], signal: AbortSignal): Promise<readonly Row[]> {
    signal.throwIfAborted();
    if (this.#queries >= MAX_QUERIES) throw new Error("too many queries wait for the database");
    this.#queries += 1;
    const rows = this.#run(sql, values).finally(() => {
      this.#queries -= 1;
    });
    // Ending a query takes its connection with it, so one that is not needed any more runs to its end.
    return await unlessAborted(rows, signal);
  }

  /** Closes all connections. */
  async close(): Promise<void> {
    await this.#pool.close();
  }

  async #run(sql: string, values: readonly string[]): Promise<readonly Row[]> {
    const until = performance.now() + this.#limits.timeoutMs;
    // All connections that are idle may have broken at once, such as when the server was restarted.
    for (let left = this.#limits.maxConnections; ; left -= 1) {
      try {
        return await this.#attempt(sql, values, until);
      } catch (error) {
        if (left === 0 || performance.now() >= until || !this.#driver.isLost(error)) throw error;
      }
    }
  }

  /** The pool. Where TLS is optional, one connection finds out before all others whether the server has it. */
  async #readyPool(): Promise<ConnectionPool> {
    if (this.#settings.tls?.optional === true && !this.#knowsTls) {
      this.#probing ??= this.#probe().finally(() => {
        this.#probing = undefined;
      });
      await this.#probing;
    }
    return this.#pool;
  }

  async #probe(): Promise<void> {
    try {
      (await this.#pool.acquire()).release();
    } catch (error) {
      if (!this.#driver.isWithoutTls(error)) throw error;
      await this.#pool.close();
      this.#pool = openPool(this.#driver, this.#settings, this.#limits, undefined);
    }
    this.#knowsTls = true;
  }

  async #attempt(sql: string, values: readonly string[], until: number): Promise<readonly Row[]> {
    const connection = await this.#acquire(until);
    try {
      const rows = await inTime(async () => await connection.query(sql, values), leftUntil(until));
      connection.release();
      return rows;
    } catch (error) {
      // After an error its state is uncertain, and an answer may still be on its way.
      connection.destroy();
      throw error;
    }
  }

  async #acquire(until: number): Promise<LentConnection> {
    const acquiring = this.#readyPool().then(async (pool) => await pool.acquire());
    try {
      return await inTime(async () => await acquiring, leftUntil(until));
    } catch (error) {
      acquiring.then((late) => late.release(), ignore);
      throw error;
    }
  }
}

function openPool(
  driver: Driver,
  settings: DatabaseSettings,
  { maxConnections, timeoutMs }: DatabaseLimits,
  tls: Awaited<ReturnType<typeof readTlsMaterial>> | undefined,
): ConnectionPool {
  return driver.openPool({
    settings,
    tls,
    maxConnections,
    maxAnswerBytes: MAX_ANSWER_BYTES,
    connectMs: Math.min(settings.connectMs ?? Infinity, timeoutMs),
  });
}

function leftUntil(until: number): number {
  return Math.max(1, Math.ceil(until - performance.now()));
}

function ignore(): void {}
