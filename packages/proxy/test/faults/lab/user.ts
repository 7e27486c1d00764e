import { setTimeout as delay } from "node:timers/promises";
import { ConsoleClient, type End } from "./console-client.ts";
import { scaled } from "./scale.ts";

/** The SDK's back-off: a random delay up to a bound, which doubles from the first to the last. */
const FIRST_BOUND_MS = 500;
const LAST_BOUND_MS = scaled(15_000, 2000);

/** A user whose page connects again as the SDK does: at once, then with back-off. */
export class User implements AsyncDisposable {
  client: ConsoleClient;
  /** How long the user was without a console, each time, in milliseconds. */
  readonly gaps: number[] = [];
  /** How each of the connections ended. */
  readonly ends: End[] = [];
  readonly #at: string;
  readonly #token: string;
  readonly #leaving = new AbortController();
  readonly #running: Promise<void>;

  private constructor(at: string, token: string, client: ConsoleClient) {
    this.#at = at;
    this.#token = token;
    this.client = client;
    this.#running = this.#stay();
  }

  /** @throws OpenError when the first session does not open. */
  static async arrive(at: string, token: string): Promise<User> {
    const client = new ConsoleClient(at, token);
    await client.opened;
    return new User(at, token, client);
  }

  /** Whether the user has a console that answers, as far as the client knows. */
  get isConnected(): boolean {
    return this.client.isOpen;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#leaving.abort();
    this.client.abort();
    await this.#running;
  }

  async #stay(): Promise<void> {
    const { signal } = this.#leaving;
    for (;;) {
      const end = await this.client.ended;
      this.ends.push(end);
      for (let failures = 0; !this.client.isOpen; failures += 1) {
        if (signal.aborted || this.client.end?.action !== "retry") return;
        const bound = Math.min(LAST_BOUND_MS, FIRST_BOUND_MS * 2 ** failures);
        await delay(Math.random() * bound, undefined, { signal }).catch(() => {});
        if (signal.aborted) return;
        this.client = new ConsoleClient(this.#at, this.#token);
        await this.client.opened.catch(() => {});
      }
      this.gaps.push(Date.now() - end.at);
    }
  }
}
