/**
 * The rows of keysyms that X11 has had since before Unicode (X11 protocol, appendix A), by the encoding
 * whose bytes they end with, and the bytes of which that is true.
 */
const ROWS: readonly (readonly [row: number, encoding: string, from: number, to: number])[] = [
  [0x100, "iso-8859-2", 0xa1, 0xff],
  [0x200, "iso-8859-3", 0xa1, 0xfe],
  [0x300, "iso-8859-4", 0xa2, 0xfe],
  [0x500, "iso-8859-6", 0xac, 0xf2],
  [0x600, "koi8-u", 0xc0, 0xff],
  [0x700, "iso-8859-7", 0xc1, 0xf9],
  [0xc00, "iso-8859-8", 0xe0, 0xfa],
  [0xd00, "windows-874", 0xa1, 0xf9],
];

/** Those that the rows do not have, or have in another place. */
const OTHERS: Readonly<Record<string, number>> = {
  "€": 0x20ac,
  Œ: 0x13bc,
  œ: 0x13bd,
  Ÿ: 0x13be,
  Σ: 0x7d2,
  σ: 0x7f2,
  ς: 0x7f3,
  ё: 0x6a3,
  Ё: 0x6b3,
  є: 0x6a4,
  Є: 0x6b4,
  і: 0x6a6,
  І: 0x6b6,
  ї: 0x6a7,
  Ї: 0x6b7,
  ґ: 0x6ad,
  Ґ: 0x6bd,
  "№": 0x6b0,
};
const GREEK_ACCENTED = "ΆΈΉΊΪ ΌΎΫ Ώ     άέήίϊΐόύϋΰώ";

let keysyms: ReadonlyMap<string, number> | undefined;

/** The keysym of a character outside Latin-1 that keyboards send, if it is not the one for its code point. */
export function legacyKeysym(character: string): number | undefined {
  keysyms ??= createTable();
  return keysyms.get(character);
}

function createTable(): ReadonlyMap<string, number> {
  const table = new Map(Object.entries(OTHERS));
  for (const [at, character] of Array.from(GREEK_ACCENTED).entries()) {
    if (character !== " ") table.set(character, 0x7a1 + at);
  }
  for (const [row, encoding, from, to] of ROWS) {
    for (let byte = from; byte <= to; byte += 1) {
      const character = new TextDecoder(encoding).decode(Uint8Array.of(byte));
      const isLatin1 = character <= "\u00FF";
      if (!isLatin1 && character !== "\uFFFD" && !table.has(character)) table.set(character, row | byte);
    }
  }
  return table;
}
