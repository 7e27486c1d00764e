import type { ScaleMode } from "@curfew/client/vnc";
import type { SerialLineEnding } from "@curfew/client/serial";

/** How one setting is read: what it is without a valid stored value, and what is valid. */
interface Field<Value> {
  readonly fallback: Value;
  readonly accepts: (value: unknown) => value is Value;
}

function choice<Value extends string>(first: Value, ...others: readonly Value[]): Field<Value> {
  const values: readonly unknown[] = [first, ...others];
  return { fallback: first, accepts: (value): value is Value => values.includes(value) };
}

function flag(fallback: boolean): Field<boolean> {
  return { fallback, accepts: (value) => typeof value === "boolean" };
}

function whole(least: number, most: number, fallback: number): Field<number> {
  const accepts = (value: unknown): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= least && value <= most;
  return { fallback, accepts };
}

/** CSS pixels. */
export const smallestFont = 9;
export const largestFont = 28;

/** Every setting that a person has. None of them says anything about a machine or an access. */
const fields = {
  /** A tag of the page's languages; `auto` is the browser's. */
  language: choice<"auto" | "en" | "de" | "es" | "fr" | "ja" | "zh-Hans">(
    "auto",
    "en",
    "de",
    "es",
    "fr",
    "ja",
    "zh-Hans",
  ),
  theme: choice<"system" | "light" | "dark">("system", "light", "dark"),
  wakeLock: flag(false),
  scale: choice<ScaleMode>("fit", "none", "remote"),
  quality: whole(0, 9, 6),
  compression: whole(0, 9, 2),
  dotCursor: flag(false),
  clipboardSync: flag(false),
  fontSize: whole(smallestFont, largestFont, 14),
  terminalTheme: choice<"page" | "light" | "dark">("page", "light", "dark"),
  lineEnding: choice<SerialLineEnding>("cr", "lf", "crlf"),
  localEcho: flag(false),
  webgl: flag(false),
  screenReader: flag(false),
} as const;

type Fields = typeof fields;

/** The settings of a person on this browser. */
export type Settings = { readonly [Name in keyof Fields]: Fields[Name]["fallback"] };

/** Settings without what was never chosen or is not valid any more. */
export function validSettings(stored: unknown): Partial<Settings> {
  if (typeof stored !== "object" || stored === null) return {};
  const values = Object.entries(stored).filter(([name, value]) => {
    const field: Field<unknown> | undefined = Object.hasOwn(fields, name) ? fields[name as keyof Fields] : undefined;
    return field?.accepts(value) ?? false;
  });
  return Object.fromEntries(values);
}

/** What holds where nothing was chosen. */
export const defaults: Settings = Object.fromEntries(
  Object.entries(fields).map(([name, { fallback }]) => [name, fallback]),
) as unknown as Settings;
