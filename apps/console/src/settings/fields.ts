import { LANGUAGES, type Language } from "@curfew/client/messages";
import type { KeyboardLayout, ScaleMode } from "@curfew/client/vnc";
import type { SerialBackspace, SerialEncoding, SerialLineEnding } from "@curfew/client/serial";

/** How a setting is read from storage. */
interface Field<Value> {
  /** The value where nothing valid is stored. */
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

function integer(min: number, max: number, fallback: number): Field<number> {
  const accepts = (value: unknown): value is number =>
    typeof value === "number" && Number.isInteger(value) && value >= min && value <= max;
  return { fallback, accepts };
}

/** CSS pixels. */
export const MIN_FONT_SIZE = 9;
export const MAX_FONT_SIZE = 28;

/** All settings. None of them identifies a machine or grants access. */
const FIELDS = {
  /** `auto` is the browser's language. */
  language: choice<"auto" | Language>("auto", ...LANGUAGES),
  theme: choice<"system" | "light" | "dark">("system", "light", "dark"),
  wakeLock: flag(false),
  notify: flag(false),
  scale: choice<ScaleMode>("fit", "none", "remote"),
  quality: integer(0, 9, 6),
  compression: integer(0, 9, 2),
  dotCursor: flag(false),
  clipboardSync: flag(false),
  trackpad: flag(false),
  /** `auto` is that of the United States where the machine's server knows keys only. */
  keyboardLayout: choice<"auto" | KeyboardLayout>("auto", "us", "gb", "de", "fr", "es", "it", "jp"),
  fontSize: integer(MIN_FONT_SIZE, MAX_FONT_SIZE, 14),
  terminalTheme: choice<"page" | "light" | "dark">("page", "light", "dark"),
  lineEnding: choice<SerialLineEnding>("cr", "lf", "crlf"),
  localEcho: flag(false),
  terminalSize: choice<"fit" | "80x24">("fit", "80x24"),
  backspace: choice<SerialBackspace>("del", "bs"),
  encoding: choice<SerialEncoding>("utf-8", "latin1", "cp437"),
  convertEol: flag(false),
  copyOnSelect: flag(false),
  bell: choice<"flash" | "sound" | "off">("flash", "sound", "off"),
  webgl: flag(false),
  screenReader: flag(false),
} as const;

type Fields = typeof FIELDS;

/** The user's settings in this browser. */
export type Settings = { readonly [Name in keyof Fields]: Fields[Name]["fallback"] };

export type SettingName = keyof Settings;

/** Only the settings that were chosen and are valid. */
export function validSettings(stored: unknown): Partial<Settings> {
  if (typeof stored !== "object" || stored === null) return {};
  const values = Object.entries(stored).filter(([name, value]) => {
    const field: Field<unknown> | undefined = Object.hasOwn(FIELDS, name) ? FIELDS[name as keyof Fields] : undefined;
    return field?.accepts(value) ?? false;
  });
  return Object.fromEntries(values);
}

/** The settings where nothing was chosen. */
export const DEFAULTS: Settings = Object.fromEntries(
  Object.entries(FIELDS).map(([name, { fallback }]) => [name, fallback]),
) as unknown as Settings;
