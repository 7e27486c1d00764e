import cluster, { type Worker } from "node:cluster";
import type { MemberAnswers, UnavailableMember } from "../control/session-control.ts";
import type { Logger } from "../telemetry/log.ts";
import { ChannelClosed, type Handlers } from "./ipc-channel.ts";
import type { PrimaryAnswers, PrimaryRequest } from "./messages.ts";
import { restartDelay } from "./restart-delay.ts";
import { Watchdog } from "./watchdog.ts";
import { WorkerProcess } from "./worker-process.ts";

/** A worker that has listened this long did not die of its start, in milliseconds. */
const SETTLED_MS = 10_000;

/** How long after a drain a worker that still runs is killed, in milliseconds: longer than it takes. */
const KILL_AFTER_MS = 25_000;

/** A flag of Node. */
const NO_DEBUGGER = "--disable-sigusr1";

/** What a {@link WorkerPool} is made with. */
export interface WorkerPoolOptions {
  readonly size: number;
  /** Path of the script that a worker runs. */
  readonly entry: string;
  readonly log: Logger;
  /** Answers the requests of a worker. */
  readonly handlers: (
    worker: WorkerProcess,
  ) => Handlers<Exclude<PrimaryRequest, { type: "listening" | "failed" }>, PrimaryAnswers>;
  /** A worker has ended; `how`, unless it has done so as it should. */
  readonly gone: (worker: WorkerProcess, how: string | undefined) => void;
}

/** What {@link WorkerPool.askAll} returns. */
export interface PoolAnswers<Answer> extends MemberAnswers {
  readonly answers: readonly Answer[];
}

/** Starts the workers, replaces those that crash, and stops them. */
export class WorkerPool {
  readonly #options: WorkerPoolOptions;
  readonly #workers = new Set<WorkerProcess>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  readonly #started = Promise.withResolvers<string>();
  readonly #idle = Promise.withResolvers<void>();
  /** Whether all workers have listened once. */
  #running = false;
  #stopping = false;
  #killer: NodeJS.Timeout | undefined;
  readonly #watchdog: Watchdog;

  constructor(options: WorkerPoolOptions) {
    this.#options = options;
    this.#watchdog = new Watchdog(() => this.#workers);
  }

  /** The workers that have not ended. */
  get workers(): readonly WorkerProcess[] {
    return [...this.#workers];
  }

  /** Whether a worker accepts connections. */
  get listens(): boolean {
    return this.workers.some(({ url }) => url !== undefined);
  }

  /**
   * @returns where all workers listen, as a URL without a path.
   * @throws Error saying why a worker could not start.
   */
  async start(): Promise<string> {
    // Each worker listens for itself, with SO_REUSEPORT. Node's round robin passes every connection through the primary,
    // and a worker that cannot take one, because it hangs or has no free descriptor, never gets another. Where the system
    // has no SO_REUSEPORT, the workers accept from one socket.
    cluster.schedulingPolicy = cluster.SCHED_NONE;
    cluster.setupPrimary({
      exec: this.#options.entry,
      args: [],
      // Until it has a handler for SIGUSR1, Node would open a debugger.
      execArgv: [...process.execArgv, ...(process.allowedNodeEnvironmentFlags.has(NO_DEBUGGER) ? [NO_DEBUGGER] : [])],
      stdio: ["ignore", "inherit", "inherit", "ipc"],
    });
    for (let count = 0; count < this.#options.size; count += 1) this.#fork(0);
    return await this.#started.promise;
  }

  /**
   * Asks every worker. Workers that end before they answer are left out: their sessions have ended with them. Those
   * that fail or do not answer in time are named, and those that hang and are ended meanwhile.
   */
  async askAll<Answer>(ask: (worker: WorkerProcess) => Promise<Answer>): Promise<PoolAnswers<Answer>> {
    const { workers } = this;
    const settled = await Promise.allSettled(workers.map(ask));
    const answers: Answer[] = [];
    const unavailable: UnavailableMember[] = [];
    const replaced: UnavailableMember[] = [];
    for (const [index, result] of settled.entries()) {
      const { name = "", hung = false, failure = "" } = workers[index] ?? {};
      if (result.status === "fulfilled") answers.push(result.value);
      else if (!(result.reason instanceof ChannelClosed)) {
        unavailable.push({ member: name, reason: (result.reason as Error).message });
      } else if (hung) replaced.push({ member: name, reason: failure });
    }
    return { answers, unavailable, replaced };
  }

  /** Drains every worker and starts no more. If it is called again, the shorter time counts. */
  drain(timeoutMs: number): void {
    this.#stopping = true;
    for (const timer of this.#restarts) clearTimeout(timer);
    for (const { channel } of this.#workers) channel.tell({ type: "drain", timeoutMs });
    if (this.#workers.size === 0) return this.#idle.resolve();
    clearTimeout(this.#killer);
    this.#killer = setTimeout(() => {
      for (const worker of this.#workers) worker.kill();
    }, timeoutMs + KILL_AFTER_MS);
  }

  /** Fulfils when every worker has ended after a drain. */
  async idle(): Promise<void> {
    await this.#idle.promise;
    this.#watchdog.stop();
    clearTimeout(this.#killer);
  }

  #fork(earlyEnds: number): void {
    let child: Worker;
    try {
      child = cluster.fork();
    } catch (error) {
      // The machine is out of memory or processes; that must not end the sessions of the other workers.
      return this.#replace(undefined, error instanceof Error ? error.message : String(error), earlyEnds + 1);
    }
    const worker = new WorkerProcess(child, (how) => this.#ended(worker, how, earlyEnds));
    this.#workers.add(worker);
    worker.channel.handle({
      ...this.#options.handlers(worker),
      listening: ({ url }) => {
        worker.listensAt(url);
        this.#options.log.debug({ worker: worker.pid }, "worker listens");
        this.#running ||= this.workers.every((other) => other.url !== undefined);
        if (this.#running) this.#started.resolve(url);
        return null;
      },
      failed: ({ message }) => {
        worker.failure = message;
        return null;
      },
    });
  }

  #ended(worker: WorkerProcess, how: string | undefined, earlyEnds: number): void {
    this.#workers.delete(worker);
    const crash = how ?? (this.#stopping ? undefined : "it ended by itself");
    this.#options.gone(worker, crash);
    if (crash !== undefined) {
      const early = worker.listensForMs < SETTLED_MS ? earlyEnds + 1 : 0;
      this.#replace(worker.pid, crash, early);
    }
    if (this.#stopping && this.#workers.size === 0) this.#idle.resolve();
  }

  /** @param early - how many workers in a row ended soon after their start. */
  #replace(pid: number | undefined, how: string, early: number): void {
    if (!this.#running) return this.#started.reject(new Error(how));
    const pauseMs = this.#stopping ? undefined : restartDelay(early);
    this.#options.log.error({ worker: pid, how, pause_ms: pauseMs }, "worker crashed");
    if (pauseMs === undefined) return;
    const timer = setTimeout(() => {
      this.#restarts.delete(timer);
      this.#fork(early);
    }, pauseMs);
    this.#restarts.add(timer);
  }
}
