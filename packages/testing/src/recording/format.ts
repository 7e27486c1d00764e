/** One piece of a recorded connection. */
export interface RecordedPiece {
  /** Milliseconds since the connection was accepted. */
  readonly atMs: number;
  readonly from: "server" | "client";
  readonly bytes: Buffer;
}

/** First line of a file: a comment for readers of the file as JavaScript. */
const TITLE = "// curfew rfb recording 1";
const BEGIN = "var VNC_frame_data = [";
const END = "'EOF'];";
const NOTE = /^\/\/|^$|^var VNC_frame_encoding = .binary.;$/;
const PIECE = /^'([{}])(\d+)\1(.*)',$/;
const ESCAPED = /\\(?:x([0-9a-f]{2})|(.))/gi;
const SPECIAL: Readonly<Record<string, string>> = { n: "\n", r: "\r", t: "\t", "\\": "\\", "'": "'" };

/** How a file begins. */
export const HEADER: string = `${TITLE}\n${BEGIN}\n`;

/** How a file ends. */
export const FOOTER: string = `${END}\n`;

/** A piece as a line of the file. */
export function formatPiece({ atMs, from, bytes }: RecordedPiece): string {
  const mark = from === "server" ? "{" : "}";
  return `'${mark}${Math.round(atMs)}${mark}${escape(bytes)}',\n`;
}

/**
 * The pieces of a file.
 * @throws Error naming the file, the line and what was expected there
 */
export function parseRecording(text: string, file: string): RecordedPiece[] {
  const lines = text.split(/\r?\n/);
  const begin = lines.indexOf(BEGIN);
  const header = lines.slice(0, Math.max(begin, 0));
  if (begin < 0 || !header.every((line) => NOTE.test(line))) {
    throw new Error(`${file} is no recording: expected ${JSON.stringify(BEGIN)} near its beginning`);
  }
  if (header[0]?.startsWith("// curfew") === true && header[0] !== TITLE) {
    throw new Error(`${file} begins with ${JSON.stringify(header[0])}; expected ${JSON.stringify(TITLE)}`);
  }
  const end = lines.indexOf(END, begin);
  if (end < 0) throw new Error(`${file} is not complete: expected ${JSON.stringify(END)} at its end`);
  return lines.slice(begin + 1, end).map((line, i) => parsePiece(line, `${file}:${begin + 2 + i}`));
}

function parsePiece(line: string, place: string): RecordedPiece {
  const [, mark, atMs, text] = PIECE.exec(line) ?? [];
  if (text === undefined) {
    throw new Error(`${place} is ${JSON.stringify(line.slice(0, 40))}; expected '{ms{bytes', or '}ms}bytes',`);
  }
  return { atMs: Number(atMs), from: mark === "{" ? "server" : "client", bytes: unescape(text, place) };
}

function escape(bytes: Buffer): string {
  return bytes.toString("latin1").replaceAll(/[^\x20-\x7e]|[\\']/g, (character) => {
    if (character === "\\" || character === "'") return `\\${character}`;
    return `\\x${character.charCodeAt(0).toString(16).padStart(2, "0")}`;
  });
}

function unescape(text: string, place: string): Buffer {
  const characters = text.replaceAll(ESCAPED, (escaped, hex: string | undefined, name: string | undefined) => {
    const character = hex === undefined ? SPECIAL[name!] : String.fromCharCode(Number.parseInt(hex, 16));
    if (character === undefined) {
      throw new Error(String.raw`${place} has ${escaped}; expected \xHH, \n, \r, \t, \\ or \'`);
    }
    return character;
  });
  return Buffer.from(characters, "latin1");
}
