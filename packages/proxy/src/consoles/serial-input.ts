import type { UserInput } from "./user-input.ts";

const ESC = 0x1b;

/** A longer piece is a paste. */
const MAX_REPORTS_BYTES = 4096;

/**
 * One or more reports of a terminal and nothing else (ECMA-48; XTerm Control Sequences): of its kind, state, cursor,
 * modes, size, colors and focus. Shift + F3 sends the same bytes as a report of the cursor in the first line.
 */
const REPORTS =
  // oxlint-disable-next-line no-control-regex -- terminals report with control characters
  /^(?:\x1b\[(?:[?>=][\d;]*c|\??\d[\d;]*n|\??\d+(?:;\d+)+R|\??\d[\d;]*\$y|\?\d*u|\d[\d;]*t|[IO])|\x1b\]\d+;[^\x07\x1b]*(?:\x07|\x1b\\)|\x1bP[^\x1b]*\x1b\\)+$/;

/**
 * Serial consoles carry nothing but input, except for what a terminal reports by itself: a program on the machine can ask
 * it every second, and would keep the session from ever being idle.
 */
export const SERIAL_INPUT: UserInput = {
  take: (bytes) => bytes.length > 0 && !(bytes[0] === ESC && isReports(bytes)),
};

function isReports(bytes: Uint8Array): boolean {
  if (bytes.length > MAX_REPORTS_BYTES) return false;
  return REPORTS.test(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString("latin1"));
}
