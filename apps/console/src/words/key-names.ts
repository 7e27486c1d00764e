import { words, type PageWords } from "./words.ts";

/** A key that has a name of its own in every language, or is written as it is, such as `F4`. */
export type NamedKey = Exclude<keyof PageWords["keys"], "hold" | "note"> | `F${number}`;

/** A combination as keyboards of the page's language write it: `Strg + Alt + Entf`. */
export function keyNames(...keys: readonly NamedKey[]): string {
  const names: Readonly<Record<string, string>> = words().keys;
  return keys.map((key) => names[key] ?? key).join(" + ");
}

/** The keys that leave the console. */
export function exitKeys(): string {
  return keyNames("ctrl", "alt", "shift");
}
