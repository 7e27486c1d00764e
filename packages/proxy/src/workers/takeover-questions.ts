import type { OwnedLease, SlotLease } from "../limits/slots.ts";
import { TAKEOVER_MS, type TakeoverAnswer, type TakeoverBy } from "../limits/takeover.ts";
import { ANSWER_MS, ChannelClosed } from "./ipc-channel.ts";
import type { WorkerProcess } from "./worker-process.ts";

/** Asks a user of this process: {@link SessionRegistry.askTakeover}. */
type Ask = (session: string, by: TakeoverBy, signal: AbortSignal) => Promise<TakeoverAnswer>;

/** In a worker: the questions to its sessions' users that the primary can still withdraw. */
export class TakeoverQuestions {
  readonly #ask: Ask;
  /** One at most for each session. */
  readonly #open = new Map<string, { readonly by: string; readonly withdrawn: AbortController }>();

  constructor(ask: Ask) {
    this.#ask = ask;
  }

  async ask(session: string, by: TakeoverBy): Promise<TakeoverAnswer> {
    if (this.#open.has(session)) return "asked";
    const withdrawn = new AbortController();
    this.#open.set(session, { by: by.session, withdrawn });
    try {
      return await this.#ask(session, by, withdrawn.signal);
    } finally {
      this.#open.delete(session);
    }
  }

  /** Withdraws the question to `session` that was asked because of `by`. */
  withdraw(session: string, by: string): void {
    const open = this.#open.get(session);
    if (open?.by === by) open.withdrawn.abort();
  }
}

/** In the primary: asks the user of another worker's session. A worker that hangs does not answer. */
export async function askOwner(
  { lease, owner }: OwnedLease<WorkerProcess>,
  { session: by, user }: SlotLease,
  signal: AbortSignal,
): Promise<TakeoverAnswer> {
  const { session } = lease;
  const withdraw = (): void => owner.channel.tell({ type: "withdraw_takeover", session, by });
  signal.addEventListener("abort", withdraw, { once: true });
  try {
    return await owner.channel.ask(
      { type: "ask_takeover", session, by: { session: by, user } },
      TAKEOVER_MS + ANSWER_MS,
    );
  } catch (error) {
    // The session has ended with its worker.
    if (error instanceof ChannelClosed) return "allowed";
    throw error;
  } finally {
    signal.removeEventListener("abort", withdraw);
  }
}
