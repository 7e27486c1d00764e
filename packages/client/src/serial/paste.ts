/** The longest piece that is sent at once; a line is sent in several if it is longer. */
const MAX_PIECE_CHARACTERS = 256;

/** What {@link SerialOptions.confirmPaste} is told. */
export interface Paste {
  readonly text: string;
  /** How many lines it has; a line break at the end begins no further one. */
  readonly lines: number;
}

/** Whether a paste has line breaks, each of which may run a command, and how many lines it has. */
export function describePaste(text: string): Paste & { readonly hasBreaks: boolean } {
  const lines = text.split(/\r\n|\r|\n/);
  const count = lines.at(-1) === "" ? lines.length - 1 : lines.length;
  return { text, lines: count, hasBreaks: lines.length > 1 };
}

/** What a terminal sends for pasted text, in order. */
export interface EncodedPaste {
  readonly before: string;
  readonly pieces: readonly string[];
  readonly after: string;
}

/**
 * A paste as a terminal sends it: Enter for every line break and, where the machine asked for it,
 * brackets around it. Text cannot end its brackets by itself: its ESC characters become visible ones.
 */
export function encodePaste(text: string, bracketed: boolean): EncodedPaste {
  const typed = text.replaceAll(/\r\n|\n/g, "\r");
  if (!bracketed) return { before: "", pieces: piecesOf(typed), after: "" };
  return { before: "\u001B[200~", pieces: piecesOf(typed.replaceAll("\u001B", "\u241B")), after: "\u001B[201~" };
}

/** Cuts what is sent after each line break, and long lines into pieces; never a character in two. */
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
