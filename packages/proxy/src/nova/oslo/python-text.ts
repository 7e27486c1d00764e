/** White space as Python's `str.strip` knows it; JavaScript's `trim` also removes U+FEFF, but not U+001C to U+001F. */
const SPACE = "\\t-\\r\\x1c-\\x20\\x85\\xa0\\u1680\\u2000-\\u200a\\u2028\\u2029\\u202f\\u205f\\u3000";
const START = new RegExp(`^[${SPACE}]+`);
const END = new RegExp(`[${SPACE}]+$`);

/** Python's `str.lstrip`. */
export function stripStart(text: string): string {
  return text.replace(START, "");
}

/** Python's `str.rstrip`. */
export function stripEnd(text: string): string {
  return text.replace(END, "");
}

/** Python's `str.strip`. */
export function strip(text: string): string {
  return stripEnd(stripStart(text));
}

/** The lines of a file as Python reads them in text mode: `\n`, `\r\n` and `\r` end a line, nothing else does. */
export function splitLines(text: string): readonly string[] {
  return text.split(/\r\n|\r|\n/);
}

/**
 * Python's `int(text)`, which takes a sign, leading zeros and single underscores between digits; here only ASCII digits.
 *
 * @returns undefined where Python raises, or the number is larger than JavaScript's safe integers.
 */
export function parseInteger(text: string): number | undefined {
  const plain = strip(text);
  if (!/^[+-]?\d+(?:_\d+)*$/.test(plain)) return undefined;
  const value = Number(plain.replaceAll("_", ""));
  return Number.isSafeInteger(value) ? value + 0 : undefined;
}
