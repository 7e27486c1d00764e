/** Bytes in memory of their own, as `TextEncoder` makes them. TypeScript has another name for that type since 5.7. */
export type Bytes = ReturnType<TextEncoder["encode"]>;

/** The character encoding of a serial line. */
export type SerialEncoding = "utf-8" | "latin1" | "cp437";

/** All values of {@link SerialEncoding}. */
export const SERIAL_ENCODINGS: readonly SerialEncoding[] = ["utf-8", "latin1", "cp437"];

/** Code page 437 from 0x80, as IBM's and the Unicode consortium's mapping tables (CP437.TXT) have it. */
const CP437_UPPER =
  "ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\u00A0";

/** The characters from 0x80 of the encodings with one byte for each character. */
const UPPER: Readonly<Record<Exclude<SerialEncoding, "utf-8">, readonly string[]>> = {
  // The first 256 code points of Unicode are Latin-1 (ISO 8859-1).
  latin1: Array.from({ length: 128 }, (_, at) => String.fromCharCode(0x80 + at)),
  cp437: Array.from(CP437_UPPER),
};

/** Converts the machine's bytes for the terminal, which decodes UTF-8 itself. */
export function decode(bytes: Uint8Array, encoding: SerialEncoding): Uint8Array | string {
  if (encoding === "utf-8") return bytes;
  const upper = UPPER[encoding];
  let text = "";
  for (const byte of bytes) text += byte < 0x80 ? String.fromCharCode(byte) : (upper[byte - 0x80] ?? "");
  return text;
}

/** Converts text for the machine. A character that the encoding lacks becomes `?`; see {@link charactersWithout}. */
export function encode(text: string, encoding: SerialEncoding): Bytes {
  if (encoding === "utf-8") return new TextEncoder().encode(text);
  return Uint8Array.from(Array.from(text), (character) => byteOf(character, encoding) ?? 0x3f);
}

/** The characters of a text that the encoding lacks, each once. */
export function charactersWithout(encoding: SerialEncoding, text: string): string {
  if (encoding === "utf-8") return "";
  const missing = Array.from(text).filter((character) => byteOf(character, encoding) === undefined);
  return [...new Set(missing)].join("");
}

function byteOf(character: string, encoding: Exclude<SerialEncoding, "utf-8">): number | undefined {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x80) return code;
  const at = UPPER[encoding].indexOf(character);
  return at < 0 ? undefined : 0x80 + at;
}
