/** How long a viewer's code may take to arrive and start. */
const LOAD_TIMEOUT_MS = 10_000;

/**
 * For the `catch` around the `import()` of a viewer. It stands in a `try` for bundlers: there, a package
 * that is not installed is a warning and no error, and a page needs those viewers only that it opens.
 */
export function importFailed(packages: string, cause: unknown): Error {
  const text = cause instanceof Error ? cause.message : String(cause);
  return new Error(`${packages} could not be imported: ${text}`, { cause });
}

/**
 * Loads a viewer's module, or fails after 10 s: noVNC 1.7 has a top-level `await` that never
 * settles in some browsers, and the import with it. A failed load is tried afresh by the next call.
 */
export class ViewerLoader<T> {
  readonly #name: string;
  readonly #load: () => Promise<T>;
  #loading: Promise<T> | null = null;

  constructor(name: string, load: () => Promise<T>) {
    this.#name = name;
    this.#load = load;
  }

  /** Rejects with an Error that names the viewer. */
  load(): Promise<T> {
    this.#loading ??= this.#race().catch((error: unknown) => {
      this.#loading = null;
      throw error;
    });
    return this.#loading;
  }

  /** Starts loading before it is needed; a failure is told when it is. */
  preload(): void {
    this.load().catch(() => {});
  }

  async #race(): Promise<T> {
    let timer: ReturnType<typeof setTimeout> | undefined;
    const late = new Promise<never>((_resolve, reject) => {
      const error = new Error(`${this.#name} did not load within ${LOAD_TIMEOUT_MS / 1000} s`);
      timer = setTimeout(() => reject(error), LOAD_TIMEOUT_MS);
    });
    const loaded = this.#load().catch((error: unknown) => {
      const text = error instanceof Error ? error.message : String(error);
      throw new Error(`${this.#name} failed to load: ${text}`, { cause: error });
    });
    try {
      return await Promise.race([loaded, late]);
    } finally {
      clearTimeout(timer);
    }
  }
}
