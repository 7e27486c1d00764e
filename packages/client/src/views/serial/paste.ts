/** Longer lines are sent in several pieces. */
const MAX_PIECE_CHARACTERS = 256;

/** The argument of {@link SerialOptions.confirmPaste}. */
export interface Paste {
  /** The pasted text. */
  readonly text: string;
  /** The number of lines. A line break at the end does not start another line. */
  readonly lines: number;
}

/** Counts the lines of a paste, and tells whether it has line breaks, each of which may run a command. */
export function describePaste(text: string): Paste & { readonly hasBreaks: boolean } {
  const lines = text.split(/\r\n|\r|\n/);
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  return { text, lines: count, hasBreaks: lines.length > 1 };
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
