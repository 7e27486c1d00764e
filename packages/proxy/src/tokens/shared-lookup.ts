import { AnswerTimer } from "../time/answer-timer.ts";
import { unlessAborted } from "../time/unless-aborted.ts";

/** One lookup for all sessions that ask for the same thing at the same time. */
export class SharedLookup<T> {
  readonly #controller = new AbortController();
  readonly #answer: Promise<T>;
  readonly #timer: AnswerTimer;
  readonly #late = Promise.withResolvers<never>();
  /** Called once, when it has settled or no session waits for it any more. */
  readonly #over: () => void;
  #waiting = 0;
  #settled = false;

  /**
   * @param look - given a signal that is aborted when the answer is late or no longer needed, and a promise that
   *   rejects when it is late.
   * @param timeoutMs - how long it may take, in milliseconds.
   */
  constructor(look: (signal: AbortSignal, late: Promise<never>) => Promise<T>, timeoutMs: number, over: () => void) {
    this.#over = over;
    this.#late.promise.catch(ignore);
    this.#timer = new AnswerTimer(() => {
      const error = new Error(`no answer within ${timeoutMs} ms`);
      this.#controller.abort(error);
      this.#late.reject(error);
    }, timeoutMs);
    this.#answer = look(this.#controller.signal, this.#late.promise).finally(() => {
      this.#timer.cancel();
      this.#settled = true;
      this.#over();
    });
    this.#answer.catch(ignore);
  }

  /**
   * The answer.
   *
   * @param signal - of the session that waits. The lookup is aborted when no other session waits for it.
   */
  async join(signal: AbortSignal): Promise<T> {
    this.#waiting += 1;
    try {
      return await unlessAborted(this.#answer, signal);
    } finally {
      this.#waiting -= 1;
      if (this.#waiting === 0 && !this.#settled) this.#abandon();
    }
  }

  #abandon(): void {
    // The timer goes on, for a source that ignores the signal, but does not keep the process running.
    this.#timer.unref();
    this.#controller.abort(new Error("no session waits for the answer"));
    this.#over();
  }
}

function ignore(): void {}
