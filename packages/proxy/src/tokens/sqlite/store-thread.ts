import { extname } from "node:path";
import { Worker } from "node:worker_threads";
import { StoreError } from "../store.ts";
import type { TokenDatabase } from "./database.ts";

/** How long a call may wait for a lock of another process, and for the calls before it, in milliseconds. */
const WAIT_MS = 2000;

/** After how long a call that is not answered means that the disk hangs, in milliseconds; a lock makes it fail earlier. */
const HUNG_MS = 3 * WAIT_MS;

/** How many calls may wait. */
const MAX_WAITING = 4096;

/** How long after the store was opened the thread starts, in milliseconds, so that it does not delay the gateway's start. */
const START_AFTER_MS = 500;

const CLOSED = "the store is closed";

/** How soon after its start a thread that has ended is replaced, in milliseconds. */
const RESTART_MS = 1000;

/** What the thread does: what may wait for the disk or for another process. */
export type StoreCall =
  | "byDigest"
  | "byId"
  | "page"
  | "insert"
  | "revoke"
  | "purge"
  | "recordUse"
  | "tryWrite"
  | "useOnce"
  | "wasUsed"
  | "putLock"
  | "removeLock"
  | "putForeignRevocation"
  | "removeForeignRevocation"
  | "close";

/** Calls a method of a {@link TokenDatabase}. */
export type CallStore = <Name extends StoreCall>(
  name: Name,
  ...args: Parameters<TokenDatabase[Name]>
) => Promise<ReturnType<TokenDatabase[Name]>>;

/** @internal */
export interface ThreadData {
  readonly path: string;
  readonly waitMs: number;
}

/** @internal */
export interface ThreadCall {
  readonly id: number;
  /** When it was made, in milliseconds since the epoch. */
  readonly madeAt: number;
  readonly name: StoreCall;
  readonly args: readonly unknown[];
}

/** @internal */
export type ThreadAnswer =
  | { readonly id: number; readonly result: unknown }
  | { readonly id: number; readonly error: string };

interface Waiting {
  /** When the call was made, on the monotonic clock. */
  readonly since: number;
  readonly resolve: (result: unknown) => void;
  readonly reject: (error: Error) => void;
}

/**
 * A thread with a connection of its own to the file of a token store, so that neither a slow disk nor the lock of
 * another process stops the sessions. Calls run one after the other.
 */
export class StoreThread {
  readonly #data: ThreadData;
  readonly #starter: NodeJS.Timeout;
  #worker: Worker | undefined;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #startedAt = -Infinity;
  /** Why there is no thread any more. */
  #failure: string | undefined;
  #closed = false;

  constructor(path: string, waitMs: number = WAIT_MS) {
    this.#data = { path, waitMs };
    this.#starter = setTimeout(() => void this.call("byId", "").catch(() => {}), START_AFTER_MS).unref();
  }

  /** @throws StoreError when the call fails, too many calls wait, or the thread has ended. */
  readonly call: CallStore = async <Name extends StoreCall>(
    name: Name,
    ...args: Parameters<TokenDatabase[Name]>
  ): Promise<ReturnType<TokenDatabase[Name]>> => {
    const worker = this.#running();
    if (this.#waiting.size >= MAX_WAITING) throw new StoreError("too many calls are waiting");
    this.#lastId += 1;
    const call: ThreadCall = { id: this.#lastId, madeAt: Date.now(), name, args };
    const { promise, resolve, reject } = Promise.withResolvers<unknown>();
    // Only while a call is under way does the thread keep the process running.
    if (this.#waiting.size === 0) worker.ref();
    this.#waiting.set(call.id, { since: performance.now(), resolve, reject });
    worker.postMessage(call, []);
    return (await promise) as ReturnType<TokenDatabase[Name]>;
  };

  /**
   * Tries to write, unless calls are waiting: those tell of the disk themselves.
   *
   * @throws StoreError while there is no thread, nothing can be written, or the disk does not answer.
   */
  async checkHealth(): Promise<void> {
    this.#running();
    const [oldest] = this.#waiting.values();
    if (oldest === undefined) await this.call("tryWrite");
    else if (performance.now() - oldest.since > HUNG_MS) throw new StoreError("the disk does not answer");
  }

  /** Ends the thread once the calls before have been answered. */
  async close(): Promise<void> {
    clearTimeout(this.#starter);
    const closing = this.#worker && !this.#closed ? this.call("close").catch(() => {}) : undefined;
    this.#closed = true;
    await closing;
    await this.#worker?.terminate();
  }

  /** @throws StoreError while there is no thread. */
  #running(): Worker {
    if (this.#worker !== undefined && this.#failure === undefined) return this.#worker;
    const isEarly = performance.now() - this.#startedAt < RESTART_MS;
    if (this.#closed || isEarly) throw new StoreError(this.#failure ?? CLOSED);
    this.#worker = this.#start();
    return this.#worker;
  }

  #start(): Worker {
    this.#startedAt = performance.now();
    this.#failure = undefined;
    const entry = new URL(`thread-main${extname(import.meta.url)}`, import.meta.url);
    const worker = new Worker(entry, { workerData: this.#data, name: "curfew token store" });
    worker.unref();
    worker.on("message", (answer: ThreadAnswer) => this.#settle(answer));
    worker.on("error", (error) => this.#end(worker, error instanceof Error ? error.message : String(error)));
    worker.once("exit", () => this.#end(worker, CLOSED));
    return worker;
  }

  #settle(answer: ThreadAnswer): void {
    const waiting = this.#waiting.get(answer.id);
    this.#waiting.delete(answer.id);
    if (this.#waiting.size === 0) this.#worker?.unref();
    if ("error" in answer) waiting?.reject(new StoreError(answer.error));
    else waiting?.resolve(answer.result);
  }

  #end(worker: Worker, failure: string): void {
    if (worker !== this.#worker) return;
    this.#failure ??= failure;
    for (const { reject } of this.#waiting.values()) reject(new StoreError(this.#failure));
    this.#waiting.clear();
  }
}
