/** How websockify begins a recording. */
export const RECORDING_START: Buffer = Buffer.from("var VNC_frame_data = [\n");

/** How it ends one; without it the recording was cut off. */
export const RECORDING_END: Buffer = Buffer.from("'EOF'];\n");

/** Who sent a frame. */
export type FrameSender = "target" | "client";

const MARKS: Readonly<Record<FrameSender, string>> = { target: "{", client: "}" };

/** How each byte is written in a JavaScript string, as Python's `unicode_escape` does it. */
const ESCAPED: readonly Buffer[] = Array.from({ length: 256 }, (_, byte) => Buffer.from(escapeByte(byte)));

/** The longest of them: `\x00`. All others have one byte or two. */
const MAX_ESCAPED_BYTES = 4;

/** The same, at four times the byte: a recording of a target that sends much must not hold up other sessions. */
const ESCAPES: Uint8Array = Uint8Array.from({ length: 256 * MAX_ESCAPED_BYTES }, (_, at) => {
  return ESCAPED[Math.floor(at / MAX_ESCAPED_BYTES)]?.[at % MAX_ESCAPED_BYTES] ?? 0;
});
const ESCAPED_BYTES: Uint8Array = Uint8Array.from(ESCAPED, ({ length }) => length);

/**
 * A frame of a recording as websockify writes it with `--record`, and as noVNC's `vnc_playback.html` reads it:
 * `'{MS{bytes',` from the target and `'}MS}bytes',` from the client.
 *
 * @param ms - milliseconds since the recording began.
 */
export function encodeRecordedFrame(sender: FrameSender, ms: number, bytes: Buffer): Buffer {
  const mark = MARKS[sender];
  const prefix = `'${mark}${Math.floor(ms)}${mark}`;
  const line = Buffer.allocUnsafe(prefix.length + bytes.length * MAX_ESCAPED_BYTES + 3);
  let at = line.write(prefix, "latin1");
  for (let index = 0; index < bytes.length; index += 1) {
    const byte = bytes[index] as number;
    const from = byte * MAX_ESCAPED_BYTES;
    const length = ESCAPED_BYTES[byte] as number;
    line[at] = ESCAPES[from] as number;
    if (length > 1) line[at + 1] = ESCAPES[from + 1] as number;
    if (length > 2) line[at + 2] = ESCAPES[from + 2] as number;
    if (length > 2) line[at + 3] = ESCAPES[from + 3] as number;
    at += length;
  }
  at += line.write("',\n", at, "latin1");
  return line.subarray(0, at);
}

function escapeByte(byte: number): string {
  const character = String.fromCharCode(byte);
  if (character === "\\" || character === "'") return `\\${character}`;
  if (character === "\n") return "\\n";
  if (character === "\r") return "\\r";
  if (character === "\t") return "\\t";
  return byte >= 0x20 && byte < 0x7f ? character : `\\x${byte.toString(16).padStart(2, "0")}`;
}
