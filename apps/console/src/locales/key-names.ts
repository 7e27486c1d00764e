import { keyNames as namesIn, leaveKeyNames, type NamedKey } from "@curfew/client/toolbar";
import { texts } from "./texts.ts";

/** A key combination as it is written in the page's language: `Strg + Alt + Entf`. */
export function keyNames(...keys: readonly NamedKey[]): string {
  return namesIn(texts(), ...keys);
}

/** The keys that leave the console. */
export function leaveKeys(): string {
  return leaveKeyNames(texts());
}
