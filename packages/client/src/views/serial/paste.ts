import { charactersWithout, type SerialEncoding } from "./encodings.ts";

/** Longer lines are sent in several pieces. */
const MAX_PIECE_CHARACTERS = 256;
/** A longer paste is confirmed even if it has no line breaks. */
const LONG_CHARACTERS = 20_000;

/** The argument of {@link SerialOptions.confirmPaste}. */
export interface Paste {
  /** The pasted text. */
  readonly text: string;
  /** The number of lines. A line break at the end does not start another line. */
  readonly lines: number;
  /** Whether it ends with a line break, so that a shell runs its last line. */
  readonly endsWithBreak: boolean;
  /** The number of control characters other than tabs and line breaks: programs take them as keys and commands. */
  readonly controls: number;
  /** Characters that {@link SerialView.encoding} lacks, each once. They are sent as `?`. */
  readonly missing: string;
}

/** Describes a paste. */
export function describePaste(text: string, encoding: SerialEncoding): Paste {
  const lines = text.split(/\r\n|\r|\n/);
  const endsWithBreak = lines.length > 1 && lines.at(-1) === "";
  return {
    text,
    lines: endsWithBreak ? lines.length - 1 : lines.length,
    endsWithBreak,
    // C0 and C1, but not tab, line feed and carriage return.
    // eslint-disable-next-line no-control-regex -- these are what is looked for
    controls: text.match(/[\u0000-\u0008\u000B\u000C\u000E-\u001F\u007F-\u009F]/g)?.length ?? 0,
    missing: charactersWithout(encoding, text),
  };
}

/** Whether the page is asked: a paste may run commands, press keys, take long, or arrive changed. */
export function needsConfirmation({ text, lines, endsWithBreak, controls, missing }: Paste): boolean {
  return lines > 1 || endsWithBreak || controls > 0 || missing !== "" || text.length > LONG_CHARACTERS;
}

/** What a terminal sends for a paste, in order. */
export interface EncodedPaste {
  readonly before: string;
  readonly pieces: readonly string[];
  readonly after: string;
}

/**
 * Encodes a paste as a terminal does: Enter for every line break and, if the machine asked for it,
 * brackets around the text. ESC characters in the text become visible ones, so that it cannot close
 * the brackets.
 */
export function encodePaste(text: string, bracketed: boolean): EncodedPaste {
  const typed = text.replaceAll(/\r\n|\n/g, "\r");
  if (!bracketed) return { before: "", pieces: piecesOf(typed), after: "" };
  return { before: "\u001B[200~", pieces: piecesOf(typed.replaceAll("\u001B", "\u241B")), after: "\u001B[201~" };
}

/** Splits text after each line break, and long lines between characters. */
function piecesOf(text: string): string[] {
  const lines = text.match(/[^\r]*\r|[^\r]+/g) ?? [];
  return lines.flatMap((line) => {
    const characters = Array.from(line);
    const pieces: string[] = [];
    for (let at = 0; at < characters.length; at += MAX_PIECE_CHARACTERS) {
      pieces.push(characters.slice(at, at + MAX_PIECE_CHARACTERS).join(""));
    }
    return pieces;
  });
}
