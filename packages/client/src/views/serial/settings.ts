import { oneOf } from "../../util/validate.ts";
import { SERIAL_ENCODINGS } from "./encodings.ts";
import type { SerialBackspace, SerialLineEnding, SerialSize, SerialThemeName, SerialView } from "./options.ts";

const THEMES: readonly SerialThemeName[] = ["dark", "light", "auto"];
const LINE_ENDINGS: readonly SerialLineEnding[] = ["cr", "lf", "crlf"];
const BACKSPACES: readonly SerialBackspace[] = ["del", "bs"];

/** The settings of a {@link SerialConsole} whose options are left out. */
export const SERIAL_VIEW_DEFAULTS: Readonly<SerialView> = {
  fontSize: 14,
  fontFamily: "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
  viewOnly: false,
  theme: "auto",
  size: "fit",
  lineEnding: "cr",
  backspace: "del",
  encoding: "utf-8",
  convertEol: false,
  localEcho: false,
  copyOnSelect: false,
};

/** How each setting is checked. */
const CHECKS: { readonly [Name in keyof SerialView]: (value: SerialView[Name]) => SerialView[Name] } = {
  fontSize,
  fontFamily: String,
  viewOnly: Boolean,
  theme: (value) => (typeof value === "object" ? value : oneOf("theme", value, THEMES)),
  size,
  lineEnding: (value) => oneOf("lineEnding", value, LINE_ENDINGS),
  backspace: (value) => oneOf("backspace", value, BACKSPACES),
  encoding: (value) => oneOf("encoding", value, SERIAL_ENCODINGS),
  convertEol: Boolean,
  localEcho: Boolean,
  copyOnSelect: Boolean,
};

const NAMES = Object.keys(SERIAL_VIEW_DEFAULTS) as readonly (keyof SerialView)[];

/**
 * All settings, with the defaults for those that are undefined.
 *
 * @throws RangeError that names the setting, what was expected and the value.
 */
export function resolveView(options: {
  readonly [Name in keyof SerialView]?: SerialView[Name] | undefined;
}): SerialView {
  const view = { ...SERIAL_VIEW_DEFAULTS };
  for (const name of NAMES) set(view, name, options[name]);
  return view;
}

function set<Name extends keyof SerialView>(view: SerialView, name: Name, value: SerialView[Name] | undefined): void {
  view[name] = value === undefined ? SERIAL_VIEW_DEFAULTS[name] : CHECKS[name](value);
}

function fontSize(value: number): number {
  if (typeof value === "number" && value >= 1 && value <= 200) return value;
  throw new RangeError(`fontSize: expected pixels from 1 to 200, got ${String(value)}`);
}

/** A line of 1 column cannot hold a wide character. */
function size(value: SerialSize): SerialSize {
  if (value === "fit") return value;
  const { cols, rows } = typeof value === "object" ? value : {};
  if (isCount(cols, 2) && isCount(rows, 1)) return { cols, rows };
  throw new RangeError(
    `size: expected "fit", or cols from 2 to 1000 and rows from 1 to 1000, got ${JSON.stringify(value)}`,
  );
}

function isCount(value: number | undefined, min: number): value is number {
  return value !== undefined && Number.isInteger(value) && value >= min && value <= 1000;
}
