/** Longest header of a frame that a server sends (RFC 6455, section 5.2): 2 bytes and a 64-bit length, no mask. */
export const MAX_HEADER_BYTES = 10;

const FIN_BINARY = 0x82;

/**
 * Writes the header of an unmasked, final binary frame right in front of its payload.
 *
 * @param buffer - holds the payload from `MAX_HEADER_BYTES` on.
 * @returns where the frame begins in `buffer`.
 */
export function writeBinaryHeader(buffer: Buffer, payloadLength: number): number {
  if (payloadLength < 126) {
    buffer[8] = FIN_BINARY;
    buffer[9] = payloadLength;
    return 8;
  }
  if (payloadLength < 65_536) {
    buffer[6] = FIN_BINARY;
    buffer[7] = 126;
    buffer.writeUInt16BE(payloadLength, 8);
    return 6;
  }
  buffer[0] = FIN_BINARY;
  buffer[1] = 127;
  buffer.writeUInt32BE(0, 2);
  buffer.writeUInt32BE(payloadLength, 6);
  return 0;
}
