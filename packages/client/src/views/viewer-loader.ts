import type { ConsoleChannel } from "../connection/channel/channel.ts";
import type { ConsoleConnection } from "../connection/connection.ts";
import { delay } from "../util/delay.ts";
import { messageOf } from "../util/report-error.ts";

/** How long a viewer's code may take to load and start. */
const LOAD_TIMEOUT_MS = 10_000;
/** Long enough for a network that is changing, and short for a user who waits. */
const RETRY_MS = 500;

/** A viewer's code did not load. */
class ViewerLoadError extends Error {}

/** Ends the attempt with this channel, whose viewer could not be loaded or started. */
export function failViewer(
  connection: Pick<ConsoleConnection, "viewerFailed">,
  error: unknown,
  channel: ConsoleChannel,
): void {
  const reason = error instanceof ViewerLoadError ? "viewer_load_failed" : "viewer_failed";
  connection.viewerFailed(messageOf(error), reason, { channel });
}

/**
 * The error for a viewer whose `import()` failed. Each `import()` is in a `try` of its own: for a
 * package that is not installed, bundlers then print a warning instead of failing, and a page needs
 * only the viewers that it opens.
 */
export function importFailed(packages: string, cause: unknown): Error {
  return new Error(`${packages} could not be imported: ${messageOf(cause)}`, { cause });
}

/**
 * Loads a viewer's module, and once more if that fails, because a request that was lost says nothing about the next one.
 * Fails after 10 s: noVNC 1.7 has a top-level `await` that never settles in some browsers, so the import does not
 * either. After a failure the next call tries again.
 */
export class ViewerLoader<T> {
  readonly #name: string;
  readonly #load: () => Promise<T>;
  #loading: Promise<T> | undefined;

  constructor(name: string, load: () => Promise<T>) {
    this.#name = name;
    this.#load = load;
  }

  /** @returns rejects with an Error that names the viewer. */
  load(): Promise<T> {
    this.#loading ??= this.#race().catch((error: unknown) => {
      this.#loading = undefined;
      throw error;
    });
    return this.#loading;
  }

  /** Starts to load early. A failure is reported by the next {@link load}. */
  preload(): void {
    this.load().catch(() => {});
  }

  async #loadTwice(): Promise<T> {
    try {
      return await this.#load();
    } catch {
      await delay(RETRY_MS, undefined);
      return this.#load();
    }
  }

  async #race(): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new ViewerLoadError(`${this.#name} did not load within ${LOAD_TIMEOUT_MS / 1000} s`);
      timer = setTimeout(() => reject(error), LOAD_TIMEOUT_MS);
    });
    const loaded = this.#loadTwice().catch((error: unknown) => {
      throw new ViewerLoadError(`${this.#name} failed to load: ${messageOf(error)}`, { cause: error });
    });
    try {
      return await Promise.race([loaded, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
