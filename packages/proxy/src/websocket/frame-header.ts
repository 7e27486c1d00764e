/** The frame types of RFC 6455, section 5.2. */
export const Opcode = { continuation: 0, text: 1, binary: 2, close: 8, ping: 9, pong: 10 } as const;

const FIN = 0x80;

/** Longest header of a frame that a server sends (RFC 6455, section 5.2): 2 bytes and a 64-bit length, no mask. */
export const MAX_HEADER_BYTES = 10;

/**
 * Writes the header of an unmasked, final frame right in front of its payload.
 *
 * @param buffer - holds the payload from `MAX_HEADER_BYTES` on.
 * @returns where the frame begins in `buffer`.
 */
export function writeHeader(buffer: Buffer, payloadLength: number, opcode: number = Opcode.binary): number {
  if (payloadLength < 126) {
    buffer[8] = FIN | opcode;
    buffer[9] = payloadLength;
    return 8;
  }
  if (payloadLength < 65_536) {
    buffer[6] = FIN | opcode;
    buffer[7] = 126;
    buffer.writeUInt16BE(payloadLength, 8);
    return 6;
  }
  buffer[0] = FIN | opcode;
  buffer[1] = 127;
  buffer.writeUInt32BE(0, 2);
  buffer.writeUInt32BE(payloadLength, 6);
  return 0;
}

/** The header of an unmasked, final binary frame, for a payload in another buffer. */
export function encodeHeader(payloadLength: number): Buffer {
  const buffer = Buffer.allocUnsafe(MAX_HEADER_BYTES);
  return buffer.subarray(writeHeader(buffer, payloadLength));
}

/** A whole frame of a server, for what is small and rare. */
export function encodeFrame(opcode: number, payload: Buffer): Buffer {
  const buffer = Buffer.allocUnsafe(MAX_HEADER_BYTES + payload.length);
  payload.copy(buffer, MAX_HEADER_BYTES);
  return buffer.subarray(writeHeader(buffer, payload.length, opcode));
}

/** A close frame; without a code it says nothing (section 5.5.1). */
export function encodeClose(code?: number, reason = ""): Buffer {
  if (code === undefined) return encodeFrame(Opcode.close, Buffer.alloc(0));
  const payload = Buffer.alloc(2 + Buffer.byteLength(reason));
  payload.writeUInt16BE(code, 0);
  payload.write(reason, 2);
  return encodeFrame(Opcode.close, payload);
}
