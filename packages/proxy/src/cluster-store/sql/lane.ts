import { setTimeout as sleep } from "node:timers/promises";
import type { LentConnection, Row, SqlValue } from "../../database/driver.ts";
import { AnswerTimer } from "../../time/answer-timer.ts";
import { unlessAborted } from "../../time/unless-aborted.ts";
import { type Dialect, hasCode } from "./dialect.ts";

/** How much may wait for one connection. */
const MAX_WAITING = 10_000;

/**
 * How long something may wait until it is begun, in milliseconds. Those who asked have given up by then, so that doing it
 * would only hold up what comes behind.
 */
const MAX_WAIT_MS = 5000;

/** How many times a statement or a transaction is tried that loses against others, and how long it waits at most, in milliseconds. */
const ATTEMPTS = 6;
const MAX_PAUSE_MS = 20;

/**
 * How long a statement may take, in milliseconds: the database ends what takes much less. A connection that brings no answer
 * in this time is dead, although nothing has said so.
 */
const STATEMENT_MS = 10_000;

/** Statements of a connection. Each has a `?` for each value. */
export type Statements = Pick<LentConnection, "query" | "execute">;

/** What a {@link Lane} is made with. */
export interface LaneOptions {
  readonly connection: LentConnection;
  readonly dialect: Dialect;
  /** Whether an error says that the connection has broken. */
  readonly isLost: (error: unknown) => boolean;
  readonly onLost: (error: unknown) => void;
  /** Aborts when the connection is not used any more. */
  readonly closed: AbortSignal;
}

/** A connection that does one thing after the other, in the order in which they are asked for. */
export class Lane implements Statements {
  readonly #options: LaneOptions;
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;

  constructor(options: LaneOptions) {
    this.#options = options;
  }

  async query(sql: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    return await this.#enqueue(
      async (connection) => await this.#retry(async () => await connection.query(sql, values)),
    );
  }

  async execute(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    return await this.#enqueue(
      async (connection) => await this.#retry(async () => await connection.execute(sql, values)),
    );
  }

  /**
   * Does all of `work`, or nothing; again, where other transactions were in its way.
   *
   * @throws what `work` does. Where the connection breaks at the end, it may have been done all the same.
   */
  async transaction<T>(work: (statements: Statements) => Promise<T>): Promise<T> {
    return await this.#enqueue(
      async (connection) => await this.#retry(async () => await this.#attempt(connection, work)),
    );
  }

  /** A statement of its own can lose as well: its rows and their indexes are locked one after the other. */
  async #retry<T>(attempt: () => Promise<T>): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      try {
        return await attempt();
      } catch (error) {
        if (tried === ATTEMPTS || !hasCode(error, this.#options.dialect.errors.conflict)) throw error;
      }
      await sleep(Math.random() * MAX_PAUSE_MS);
    }
  }

  async #attempt<T>(connection: Statements, work: (statements: Statements) => Promise<T>): Promise<T> {
    await connection.execute("START TRANSACTION", []);
    try {
      const result = await work(connection);
      await connection.execute("COMMIT", []);
      return result;
    } catch (error) {
      // Where that fails, the connection may be in the middle of anything.
      await connection.execute("ROLLBACK", []).catch(this.#options.onLost);
      throw error;
    }
  }

  /** What answers in time, or is lost. */
  readonly #statements: Statements = {
    query: async (sql, values) => await this.#watch(this.#options.connection.query(sql, values)),
    execute: async (sql, values) => await this.#watch(this.#options.connection.execute(sql, values)),
  };

  async #watch<T>(answer: Promise<T>): Promise<T> {
    const timer = new AnswerTimer(() => {
      this.#options.onLost(new Error(`the database has not answered within ${STATEMENT_MS} ms`));
    }, STATEMENT_MS);
    return await answer.finally(() => timer.cancel());
  }

  async #enqueue<T>(job: (statements: Statements) => Promise<T>): Promise<T> {
    const { isLost, onLost, closed } = this.#options;
    if (this.#waiting >= MAX_WAITING) throw new Error(`${MAX_WAITING} questions wait for the database already`);
    this.#waiting += 1;
    const before = this.#last;
    const until = performance.now() + MAX_WAIT_MS;
    const run = async (): Promise<T> => {
      await before;
      closed.throwIfAborted();
      if (performance.now() > until) throw new Error(`the database was busy for ${MAX_WAIT_MS} ms`);
      // A connection that is destroyed may never answer.
      return await unlessAborted(job(this.#statements), closed);
    };
    const running = run().finally(() => (this.#waiting -= 1));
    this.#last = running.catch((error: unknown) => {
      if (isLost(error)) onLost(error);
    });
    return await running;
  }
}
