import type { TokenDatabase } from "./database.ts";

/** How often the file is looked at, in milliseconds. That costs some microseconds. */
const POLL_MS = 500;

/** How many revocations are told in one turn of the event loop: each has all sessions looked through. */
const MAX_PER_TURN = 50;

/** After so many failures in a row the poll counts as broken; one alone is a lock that lasts a moment. */
const MAX_FAILURES = 3;

/** The log of revocations in the file. */
export type RevocationLog = Pick<TokenDatabase, "dataVersion" | "lastRevocation" | "revocationsAfter">;

/** Reads the log of revocations, in which the gateways that share a file tell each other. */
export class RevocationPoll {
  readonly #db: RevocationLog;
  readonly #listener: (tokenId: string) => void;
  readonly #onChanged: () => void;
  readonly #timer: NodeJS.Timeout;
  /** The number of the last revocation that was told. */
  #last: number;
  /** Of the file when all revocations in it had been told. */
  #version: number;
  #failures = 0;
  #isStopped = false;
  #error: unknown;

  /** @param onChanged - called when another connection has written something. */
  constructor(db: RevocationLog, listener: (tokenId: string) => void, onChanged: () => void = () => {}) {
    this.#onChanged = onChanged;
    this.#db = db;
    this.#listener = listener;
    this.#version = db.dataVersion();
    this.#last = db.lastRevocation();
    this.#timer = setInterval(() => this.#poll(), POLL_MS);
    this.#timer.unref();
  }

  /** @throws Error while the log cannot be read. */
  checkHealth(): void {
    if (this.#failures >= MAX_FAILURES) {
      throw new Error("revocations by other gateways are not seen", { cause: this.#error });
    }
  }

  stop(): void {
    this.#isStopped = true;
    clearInterval(this.#timer);
  }

  /** Reads what was written up to a version of the file. */
  #read(version: number): void {
    const revocations = this.#db.revocationsAfter(this.#last, MAX_PER_TURN);
    for (const { number, token_id: tokenId } of revocations) {
      this.#listener(tokenId);
      this.#last = number;
    }
    if (revocations.length === MAX_PER_TURN) return void setImmediate(() => this.#poll());
    this.#onChanged();
    this.#version = version;
  }

  #poll(): void {
    if (this.#isStopped) return;
    try {
      const version = this.#db.dataVersion();
      if (version !== this.#version) this.#read(version);
      this.#failures = 0;
    } catch (error) {
      this.#failures += 1;
      this.#error = error;
    }
  }
}
