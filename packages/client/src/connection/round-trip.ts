import type { Deferred } from "../util/deferred.ts";
import { ConsoleError } from "./model/errors.ts";

/** The round trip to the gateway, and those who wait for the next measurement. */
export class RoundTrip {
  #ms: number | undefined;
  readonly #waiting: Deferred<number>[] = [];

  /** The last one in milliseconds; undefined while not connected. */
  get ms(): number | undefined {
    return this.#ms;
  }

  /** @returns resolves to the next measurement; rejects when the connection is lost first. */
  next(): Promise<number> {
    return new Promise((resolve, reject) => this.#waiting.push({ resolve, reject }));
  }

  measured(ms: number): void {
    this.#ms = ms;
    for (const { resolve } of this.#waiting.splice(0)) resolve(ms);
  }

  lost(): void {
    this.#ms = undefined;
    const error = new ConsoleError("not_connected", "the connection ended before the answer to the ping");
    for (const { reject } of this.#waiting.splice(0)) reject(error);
  }
}
