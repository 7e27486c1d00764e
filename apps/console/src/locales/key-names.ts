import { leaveKeysLabel } from "@curfew/client/ui";
import { texts, type PageTexts } from "./texts.ts";

/** A key with a name in every language, or one that is written as it is, such as `F4`. */
export type NamedKey = Exclude<keyof PageTexts["keys"], "hold" | "note"> | `F${number}`;

/** A key combination as it is written in the page's language: `Strg + Alt + Entf`. */
export function keyNames(...keys: readonly NamedKey[]): string {
  const names: Readonly<Record<string, string>> = texts().keys;
  return keys.map((key) => names[key] ?? key).join(" + ");
}

/** The keys that leave the console. */
export function leaveKeys(): string {
  const { ctrl, alt, shift } = texts().keys;
  return leaveKeysLabel(undefined, { Control: ctrl, Alt: alt, Shift: shift });
}
