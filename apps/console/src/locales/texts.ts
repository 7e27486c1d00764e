import { timeLeft, type Messages, type PlaceholderOf, type TimeStyle } from "@curfew/client/messages";
import type { ToolbarTexts } from "@curfew/client/toolbar";
import type { english } from "./en.ts";

/** A text in any language, with the placeholders of the English one. */
type TextLike<English extends string> = [PlaceholderOf<English>] extends [never]
  ? string
  : `${string}{${PlaceholderOf<English>}}${string}`;

type Translated<Table> = {
  readonly [Key in keyof Table]: Table[Key] extends string ? TextLike<Table[Key]> : Translated<Table[Key]>;
};

/** All texts of the page in one language. A language that lacks a key does not compile. */
export type PageTexts = Translated<typeof english>;

/** The groups to which the page and the SDK's toolbar contribute. */
type SharedGroup = "actions" | "notices" | "text";

/** The page's texts and the SDK's, which all of Curfew's consoles share. */
export interface Texts extends Omit<PageTexts, SharedGroup>, Omit<ToolbarTexts, SharedGroup> {
  readonly actions: PageTexts["actions"] & ToolbarTexts["actions"];
  readonly notices: PageTexts["notices"] & ToolbarTexts["notices"];
  readonly text: PageTexts["text"] & ToolbarTexts["text"];
  /** End reasons, states and actions. Their `language` is that of all texts. */
  readonly sdk: Messages;
}

let current: Texts | undefined;

/** Sets the page's texts, once, before anything is shown. */
export function setTexts(loaded: Texts): void {
  current = loaded;
}

/** @throws Error before {@link setTexts} */
export function texts(): Texts {
  if (current === undefined) throw new Error("the texts of the page are not set");
  return current;
}

/** A duration in the page's language; see {@link timeLeft}. */
export function duration(milliseconds: number, style: TimeStyle = "short"): string {
  return timeLeft(texts().sdk.language, milliseconds, style);
}
