import { leaveKeysLabel } from "../../ui/leave-keys.ts";
import type { ToolbarTexts } from "../locales/types.ts";

/** A key with a name in every language, or one that is written as it is, such as `F4`. */
export type NamedKey = Exclude<keyof ToolbarTexts["keys"], "hold" | "note"> | `F${number}`;

/** A key combination as it is written in a language: `Strg + Alt + Entf`. */
export function keyNames({ keys: named }: Pick<ToolbarTexts, "keys">, ...keys: readonly NamedKey[]): string {
  const names: Readonly<Record<string, string>> = named;
  return keys.map((key) => names[key] ?? key).join(" + ");
}

/** The keys that leave the console by default, as they are written in a language and on a Mac. */
export function leaveKeyNames({ keys: { ctrl, alt, shift } }: Pick<ToolbarTexts, "keys">): string {
  return leaveKeysLabel(undefined, { Control: ctrl, Alt: alt, Shift: shift });
}
