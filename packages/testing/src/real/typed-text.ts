import { EventEmitter, on } from "node:events";
import type { Readable } from "node:stream";

/** How long `match` waits when the caller says nothing, in milliseconds. */
const DEFAULT_WAIT_MS = 10_000;

/** What a machine has reported so far, for tests that ask whether keys arrived at the server. */
export class TypedText {
  #text = "";
  readonly #changes = new EventEmitter<{ change: [] }>();

  constructor(source: Readable) {
    source.setEncoding("utf8").on("data", (chunk: string) => {
      this.#text += chunk;
      this.#changes.emit("change");
    });
    source.on("error", () => {
      // The machine is gone; callers learn that from the process, or from the time limit.
    });
  }

  /** Everything reported so far. */
  get text(): string {
    return this.#text;
  }

  /**
   * Resolves with the first match in all that was reported, past or future.
   * @throws Error when nothing matches within `timeoutMs` milliseconds; it quotes what was reported instead.
   */
  async match(pattern: RegExp, timeoutMs: number = DEFAULT_WAIT_MS): Promise<string> {
    const signal = AbortSignal.timeout(timeoutMs);
    const changes = on(this.#changes, "change", { signal });
    try {
      let found = pattern.exec(this.#text);
      while (found === null) {
        await changes.next();
        found = pattern.exec(this.#text);
      }
      return found[0];
    } catch (error) {
      if (!signal.aborted) throw error;
      const got = this.#text === "" ? "nothing" : JSON.stringify(this.#text);
      throw new Error(`expected text that matches ${String(pattern)} within ${timeoutMs} ms, got ${got}`, {
        cause: error,
      });
    } finally {
      await changes.return?.();
    }
  }
}
