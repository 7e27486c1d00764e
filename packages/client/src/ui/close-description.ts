import type { CloseInfo, CloseReason } from "../connection/model/close-info.ts";
import { CLOSE_REASON_TRAITS, type CloseReasonTraits } from "../locales/close-reason-traits.ts";
import type { Messages } from "../locales/types.ts";

/** What a page shows at the end of a console. */
export interface CloseDescription extends CloseReasonTraits {
  /** A heading. */
  readonly title: string;
  /** What happened. */
  readonly sentence: string;
  /** What the operator who ended the session wrote. Show it as their words, after `labels.operatorMessage`. */
  readonly message?: string | undefined;
  /** What the user can do if a button cannot do it. */
  readonly advice?: string | undefined;
  /** The label of the button for `step`; absent if nothing can help, or the page cannot get the access that is needed. */
  readonly action?: string | undefined;
  /** Reason and close code, for support: `session_expired · 4100`. */
  readonly code: string;
  /** Explanation in English, for support. */
  readonly detail?: string | undefined;
}

/**
 * Describes the end of a console: texts, and what to offer to the user.
 *
 * @param canAuthorize - whether the page can get a new token
 */
export function describeClose(cause: CloseInfo, messages: Messages, canAuthorize: boolean): CloseDescription {
  const { reason, code, detail, message } = cause;
  const { title, sentence, next } = messages.closeReasons[reason];
  const traits = CLOSE_REASON_TRAITS[reason];
  const needsLink = traits.step === "new-access" && !canAuthorize;
  const cannotHelp = needsLink || traits.step === "none";
  const { operator, newAccess } = messages.advice;
  return {
    ...traits,
    title,
    sentence,
    message,
    advice: traits.step === "operator" ? operator : needsLink ? newAccess : undefined,
    action: cannotHelp ? undefined : next,
    code: `${reason} · ${code}`,
    detail,
  };
}

/** Reasons for reconnecting that tell nothing of the machine: only the way to it is interrupted. */
const MACHINE_UNAFFECTED: ReadonlySet<CloseReason> = new Set<CloseReason>([
  "connection_lost",
  "connect_failed",
  "server_draining",
  "server_busy",
  "lookup_failed",
  "internal_error",
]);

/** A sentence for the state `reconnecting`, below the title of its reason. */
export function describeReconnecting({ reason }: CloseInfo, { states }: Messages): string {
  const sentences = [
    states.reconnectingByItself,
    ...(MACHINE_UNAFFECTED.has(reason) ? [states.machineUnaffected] : []),
  ];
  return sentences.join(" ");
}
