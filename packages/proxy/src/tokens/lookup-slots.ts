import { EndError } from "../end-reason.ts";

/** How many lookups may run and wait in one process. */
export interface LookupLimits {
  readonly running: number;
  readonly runningPerClient: number;
  readonly waiting: number;
  readonly waitingPerClient: number;
}

/**
 * Behind a load balancer all clients have one address, so the limits for one client have room for the reconnections
 * after a restart; they keep the other half free for other clients.
 */
export const LOOKUP_LIMITS: LookupLimits = {
  running: 128,
  runningPerClient: 64,
  waiting: 4096,
  waitingPerClient: 2048,
};

interface Client {
  running: number;
  /** What starts each lookup that waits, in order of arrival. */
  readonly waiting: Set<() => void>;
}

/** Bounds the lookups that run at once. Clients take turns, so one with many lookups does not hold up the others. */
export class LookupSlots {
  readonly #limits: LookupLimits;
  /** By address, those whose turn comes next first. */
  readonly #clients = new Map<string, Client>();
  #running = 0;
  #waiting = 0;

  constructor(limits: LookupLimits = LOOKUP_LIMITS) {
    this.#limits = limits;
  }

  /**
   * Waits for a slot.
   *
   * @param address - the client's IP address.
   * @param signal - gives the wait up.
   * @returns a function that releases the slot; must be called once.
   * @throws EndError `server_busy` when too many lookups wait.
   * @throws Error when the signal is aborted.
   */
  async acquire(address: string, signal: AbortSignal): Promise<() => void> {
    signal.throwIfAborted();
    const client = this.#clients.get(address) ?? { running: 0, waiting: new Set() };
    this.#clients.set(address, client);
    if (this.#mayRun(client)) this.#start(client);
    else await this.#wait(address, client, signal);
    return () => {
      this.#running -= 1;
      client.running -= 1;
      this.#forgetIdle(address, client);
      this.#startNext();
    };
  }

  #mayRun(client: Client): boolean {
    return this.#running < this.#limits.running && client.running < this.#limits.runningPerClient;
  }

  #start(client: Client): void {
    this.#running += 1;
    client.running += 1;
  }

  async #wait(address: string, client: Client, signal: AbortSignal): Promise<void> {
    const { waiting, waitingPerClient } = this.#limits;
    if (this.#waiting >= waiting || client.waiting.size >= waitingPerClient) {
      this.#forgetIdle(address, client);
      throw new EndError("server_busy", "too many token lookups are waiting");
    }
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const leave = (): void => {
      client.waiting.delete(start);
      this.#waiting -= 1;
      signal.removeEventListener("abort", onAbort);
    };
    const start = (): void => {
      leave();
      this.#start(client);
      resolve();
    };
    const onAbort = (): void => {
      leave();
      this.#forgetIdle(address, client);
      reject(signal.reason as Error);
    };
    client.waiting.add(start);
    this.#waiting += 1;
    signal.addEventListener("abort", onAbort);
    await promise;
  }

  #startNext(): void {
    if (this.#waiting === 0) return;
    for (const [address, client] of this.#clients) {
      const [start] = client.waiting;
      if (start === undefined || !this.#mayRun(client)) continue;
      // To the back of the queue of clients.
      this.#clients.delete(address);
      this.#clients.set(address, client);
      return start();
    }
  }

  #forgetIdle(address: string, client: Client): void {
    if (client.running + client.waiting.size === 0) this.#clients.delete(address);
  }
}
