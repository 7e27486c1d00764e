import { timeLeft, type Messages, type PlaceholderOf, type TimeStyle } from "@curfew/client/messages";
import type { english } from "./en.ts";

/** A text of any language, with the placeholders that the English one has. */
type TextLike<English extends string> = [PlaceholderOf<English>] extends [never]
  ? string
  : `${string}{${PlaceholderOf<English>}}${string}`;

type Translated<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends string ? TextLike<Table[Key]> : Translated<Table[Key]>;
};

/** All words of the page in one language. A key that a language lacks does not compile. */
export type PageWords = Translated<typeof english>;

/** The page's words beside the SDK's, which every console of this project shares. */
export interface Words extends PageWords {
  /** End reasons, states and actions; their `language` is that of all words. */
  readonly sdk: Messages;
}

let current: Words | null = null;

/** Sets the page's words, once, before anything is shown. */
export function useWords(words: Words): void {
  current = words;
}

/** @throws Error before {@link useWords} */
export function words(): Words {
  if (current === null) throw new Error("the page has no words yet");
  return current;
}

/** A duration in the page's language; see {@link timeLeft}. */
export function duration(milliseconds: number, style: TimeStyle = "short"): string {
  return timeLeft(words().sdk.language, milliseconds, style);
}
