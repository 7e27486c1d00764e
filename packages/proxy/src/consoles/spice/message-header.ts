/** `SpiceMiniDataHeader`: type (2 bytes) and size (4). */
const MINI_HEADER_BYTES = 6;

/** `SpiceDataHeader`: serial number (8 bytes), type (2), size (4), and the place of further messages in it (4). */
const FULL_HEADER_BYTES = 18;

/** The longer of the two. */
export const MAX_HEADER_BYTES: number = FULL_HEADER_BYTES;

/** How many bytes precede a message. */
export function messageHeaderBytes(isMini: boolean): number {
  return isMini ? MINI_HEADER_BYTES : FULL_HEADER_BYTES;
}

/** Whether a message with the long header holds further messages. */
export function holdsOthers(header: Buffer, isMini: boolean): boolean {
  return !isMini && header.readUInt32LE(14) !== 0;
}

/** The type of a message, and how many bytes follow its header. */
export function readMessageHeader(header: Buffer, isMini: boolean): { readonly type: number; readonly bytes: number } {
  const at = isMini ? 0 : 8;
  return { type: header.readUInt16LE(at), bytes: header.readUInt32LE(at + 2) };
}
