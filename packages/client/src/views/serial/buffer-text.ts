import type { IBuffer } from "@xterm/xterm";

/** A terminal's buffer as plain text. Wrapped lines are joined. */
export function bufferText(buffer: IBuffer): string {
  let text = "";
  for (let row = 0; row < buffer.length; row += 1) {
    const line = buffer.getLine(row);
    const wraps = buffer.getLine(row + 1)?.isWrapped ?? false;
    text += (line?.translateToString(!wraps) ?? "") + (wraps ? "" : "\n");
  }
  return text.trimEnd();
}
