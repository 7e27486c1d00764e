/**
 * Texts for users: close reasons, states and actions in six languages.
 *
 * `messagesFor()` loads a language on demand. To bundle a language instead, import its own module,
 * such as `@curfew/client/messages/de`.
 *
 * @packageDocumentation
 */
export { CLOSE_REASON_TRAITS } from "./close-reason-traits.ts";
export type { CloseReasonTraits, NextStep } from "./close-reason-traits.ts";
export { format } from "./format.ts";
export type { PlaceholderOf } from "./format.ts";
export { LANGUAGES, LANGUAGE_NAMES } from "./languages.ts";
export type { Language } from "./languages.ts";
export { messagesFor, registerLanguage } from "./messages-for.ts";
export { timeLeft } from "./time-left.ts";
export type { TimeStyle } from "./time-left.ts";
export type { CloseReasonText, Messages, TextWith } from "./types.ts";
