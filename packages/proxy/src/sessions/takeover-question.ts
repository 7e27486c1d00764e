import { TAKEOVER_MS, type TakeoverAnswer, type TakeoverBy } from "../limits/takeover.ts";
import type { EventSink } from "../telemetry/events.ts";
import type { SessionInfo } from "../telemetry/session-info.ts";
import type { Clock } from "../time/clock.ts";
import type { DeadlineScheduler } from "../time/scheduler.ts";
import type { ControlMessages } from "./control-messages.ts";
import type { SessionPhase } from "./session-context.ts";

/** How long after a question the user is not asked again, in milliseconds: each question covers part of the console. */
const QUIET_MS = 30_000;

/** What a question needs of its gateway. */
interface TakeoverContext {
  readonly clock: Clock;
  readonly scheduler: DeadlineScheduler;
  readonly events: EventSink;
}

/** The session that is asked. */
interface AskedSession extends SessionInfo {
  readonly phase: SessionPhase;
  readonly channels: readonly { readonly control: ControlMessages }[];
}

/** Asks the user of one session whether another one may take over: one question at a time, and not too often. */
export class TakeoverQuestion {
  readonly #session: AskedSession;
  readonly #context: TakeoverContext;
  #id = 0;
  #askedAt = -Infinity;
  #lastAnswer: TakeoverAnswer = "unanswered";
  /** Settles the question that is open. */
  #settle: ((answer: TakeoverAnswer) => void) | undefined;

  constructor(session: AskedSession, context: TakeoverContext) {
    this.#session = session;
    this.#context = context;
  }

  /**
   * Asks the user.
   *
   * @param signal - withdraws the question.
   * @returns the answer; that to the last question where the user was asked a moment ago and declined.
   */
  async ask(by: TakeoverBy, signal: AbortSignal): Promise<TakeoverAnswer> {
    const { phase, channels } = this.#session;
    if (phase === "ended") return "allowed";
    if (phase !== "relaying" || !channels.some(({ control }) => control.enabled)) return "unaskable";
    const now = this.#context.clock.monotonic();
    if (this.#settle !== undefined || signal.aborted) return "asked";
    if (now - this.#askedAt < QUIET_MS) return this.#lastAnswer === "denied" ? "denied" : "asked";
    this.#askedAt = now;
    this.#lastAnswer = await this.#open(by, now, signal);
    if (this.#session.phase === "ended") return this.#lastAnswer;
    this.#context.events.notify({
      type: "takeover_answered",
      session: this.#session,
      by: by.session,
      user: by.user,
      answer: this.#lastAnswer,
    });
    return this.#lastAnswer;
  }

  /** Takes an answer of the client; one to another question than the open one has no effect. */
  answer(id: number, allow: boolean): void {
    if (id === this.#id) this.#settle?.(allow ? "allowed" : "denied");
  }

  /** The session has ended, and is in the way no more. */
  end(): void {
    this.#settle?.("allowed");
  }

  async #open({ user }: TakeoverBy, now: number, signal: AbortSignal): Promise<TakeoverAnswer> {
    this.#id += 1;
    const id = this.#id;
    const { promise, resolve } = Promise.withResolvers<TakeoverAnswer>();
    const giveUp = (): void => this.#settle?.("unanswered");
    // No wall time: setting that clock forward must not answer for the user.
    const due = this.#context.scheduler.schedule({ monotonic: now + TAKEOVER_MS, wall: Infinity }, giveUp);
    signal.addEventListener("abort", giveUp, { once: true });
    this.#settle = (answer) => {
      this.#settle = undefined;
      due.cancel();
      signal.removeEventListener("abort", giveUp);
      for (const { control } of this.#session.channels) control.takeoverOver(id);
      resolve(answer);
    };
    for (const { control } of this.#session.channels) control.askTakeover(id, TAKEOVER_MS, user);
    return await promise;
  }
}
