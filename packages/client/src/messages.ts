/**
 * What to say to people: end reasons, states and actions in six languages.
 *
 * `messagesFor()` loads a language when it is asked for. To bundle one instead, import it from its
 * own module, such as `@curfew/client/messages/de`.
 *
 * @packageDocumentation
 */
export { languages, messagesFor } from "./messages/choose.ts";
export { endTraits } from "./messages/end-traits.ts";
export type { EndTraits, NextStep } from "./messages/end-traits.ts";
export { fill } from "./messages/fill.ts";
export type { PlaceholderOf } from "./messages/fill.ts";
export { timeLeft } from "./messages/time-left.ts";
export type { TimeStyle } from "./messages/time-left.ts";
export type { EndWords, Messages, TextWith } from "./messages/types.ts";
