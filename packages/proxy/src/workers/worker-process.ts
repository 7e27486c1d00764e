import type { Worker } from "node:cluster";
import type { SlotOwner } from "../limits/shared-slots.ts";
import type { SlotLease } from "../limits/slots.ts";
import { TAKEOVER_MS, type TakeoverAnswer, type TakeoverBy } from "../limits/takeover.ts";
import type { MetricsSnapshot } from "../telemetry/exposition.ts";
import { ANSWER_MS, ChannelClosed, IpcChannel } from "./ipc-channel.ts";
import type { PrimaryAnswers, PrimaryRequest, WorkerAnswers, WorkerRequest } from "./messages.ts";

/** In the primary: one worker. */
export class WorkerProcess implements SlotOwner {
  readonly channel: IpcChannel<WorkerRequest, WorkerAnswers, PrimaryRequest, PrimaryAnswers>;
  readonly #worker: Worker;
  /** Its metrics when they were last read; they stay in the sum when it has ended. */
  metrics: MetricsSnapshot = [];
  #url: string | undefined;
  #listensSince = Infinity;
  /** Why it could not start, or was killed. */
  failure: string | undefined;
  /** Whether it was killed because it did not respond. */
  hung = false;
  /** Ticks of the watchdog since it sent something. */
  silentTicks = 0;

  /** @param ended - called once, with a description of how unless it ended as it should. */
  constructor(worker: Worker, ended: (how: string | undefined) => void) {
    this.#worker = worker;
    // The watchdog ends one that hangs, on a busy machine not within the time that an answer may take.
    this.channel = new IpcChannel(worker, () => this.url !== undefined && this.silentTicks > 0);
    worker.on("message", () => {
      this.silentTicks = 0;
    });
    const end = (how: string | undefined): void => {
      // Messages can still arrive after the end.
      this.channel.close();
      ended(this.failure ?? how);
    };
    worker.once("exit", (code: number | null, signal: string | null) => {
      // One that has left may have to kill itself.
      const isLeft = worker.exitedAfterDisconnect && signal === "SIGKILL";
      end(isLeft ? undefined : (signal ?? (code === 0 ? undefined : `exit status ${code}`)));
    });
    worker.on("error", (error) => {
      // It never ran, so it will not exit.
      if (worker.process.pid === undefined) end(error.message);
    });
  }

  /** How it is named where it does not answer. */
  get name(): string {
    return `worker ${this.pid}`;
  }

  get pid(): number | undefined {
    return this.#worker.process.pid;
  }

  /** Where it listens; undefined until it does. */
  get url(): string | undefined {
    return this.#url;
  }

  /** How long it has listened, in milliseconds; below 0 until it does. */
  get listensForMs(): number {
    return performance.now() - this.#listensSince;
  }

  /** It has begun to listen. */
  listensAt(url: string): void {
    this.#url = url;
    this.#listensSince = performance.now();
  }

  /** @param hung - how it hangs; undefined for a worker that only takes too long to stop. */
  kill(hung?: string): void {
    if (hung !== undefined) {
      this.hung = true;
      this.failure ??= hung;
    }
    this.#worker.process.kill("SIGKILL");
  }

  async end({ session: id }: SlotLease, detail: string): Promise<void> {
    try {
      await this.channel.ask({ type: "end", selection: { by: "id", id }, reason: "session_replaced", detail });
    } catch (error) {
      // A worker that has ended has ended its sessions.
      if (!(error instanceof ChannelClosed)) throw error;
    }
  }

  /** A worker that hangs does not answer. */
  async ask({ session }: SlotLease, by: TakeoverBy, signal: AbortSignal): Promise<TakeoverAnswer> {
    const withdraw = (): void => this.channel.tell({ type: "withdraw_takeover", session, by: by.session });
    signal.addEventListener("abort", withdraw, { once: true });
    try {
      return await this.channel.ask({ type: "ask_takeover", session, by }, TAKEOVER_MS + ANSWER_MS);
    } catch (error) {
      // The session has ended with its worker.
      if (error instanceof ChannelClosed) return "allowed";
      throw error;
    } finally {
      signal.removeEventListener("abort", withdraw);
    }
  }
}
