import type { TakeoverRequest } from "../connection/model/state.ts";
import { format } from "../locales/format.ts";
import { timeLeft } from "../locales/time-left.ts";
import type { Messages } from "../locales/types.ts";

/** The question to a user whether another session may take the place of theirs. */
export interface TakeoverDescription {
  /** Who asks: a heading. */
  readonly title: string;
  /** What the answers do. */
  readonly sentence: string;
  /** How long there is for an answer, in words. */
  readonly time: string;
}

/**
 * Describes the question whether another session may take over. Its buttons are `actions.allow` and `actions.decline`,
 * and call {@link ConsoleConnection.answerTakeover}.
 *
 * @param leftMs - milliseconds until the question lapses
 */
export function describeTakeover(
  { user }: Pick<TakeoverRequest, "user">,
  leftMs: number,
  { takeover, language }: Messages,
): TakeoverDescription {
  return {
    title: user === null ? takeover.title : format(takeover.titleBy, { user }),
    sentence: takeover.sentence,
    time: format(takeover.timeLeft, { time: timeLeft(language, leftMs) }),
  };
}
