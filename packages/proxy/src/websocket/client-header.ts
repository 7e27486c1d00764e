import { FrameError } from "./frame-error.ts";
import { Opcode } from "./frame-header.ts";

/** Longest header of a client's frame: 2 bytes, a 64-bit length, the mask. */
export const MAX_CLIENT_HEADER_BYTES = 14;

/** Longest payload of a ping, pong or close frame (RFC 6455, section 5.5). */
const MAX_CONTROL_PAYLOAD = 125;

/** Length of a client's header in bytes, from its second byte. */
export function clientHeaderBytes(secondByte: number): number {
  const length = secondByte & 0x7f;
  return length === 127 ? 14 : length === 126 ? 8 : 6;
}

/** Length of the payload in bytes, from a complete header at `at`. */
export function payloadLength(header: Buffer, at: number): number {
  const length = (header[at + 1] ?? 0) & 0x7f;
  if (length < 126) return length;
  if (length === 126) return header.readUInt16BE(at + 2);
  const high = header.readUInt32BE(at + 2);
  if (high > 0x1f_ffff) throw new FrameError(1009, "a frame is longer than 2^53 - 1 bytes");
  return high * 2 ** 32 + header.readUInt32BE(at + 6);
}

/**
 * Checks the first two bytes of a client's frame (RFC 6455, sections 5.1 to 5.5).
 *
 * @param midMessage - whether a message is in progress, so that its next frame has to be a continuation.
 * @throws FrameError 1002
 */
export function checkClientHeader(first: number, second: number, midMessage: boolean): void {
  const opcode = first & 0x0f;
  const final = (first & 0x80) !== 0;
  if ((first & 0x70) !== 0) throw broken("reserved bits are set, but no extension was agreed on");
  if ((second & 0x80) === 0) throw broken("a frame of a client is not masked");
  switch (opcode) {
    case Opcode.continuation:
      if (!midMessage) throw broken("a continuation without a message to continue");
      break;
    case Opcode.text:
    case Opcode.binary:
      if (midMessage) throw broken("a new message inside of another");
      break;
    case Opcode.close:
    case Opcode.ping:
    case Opcode.pong:
      if (!final) throw broken("a control frame is fragmented");
      if ((second & 0x7f) > MAX_CONTROL_PAYLOAD) throw broken("a control frame has more than 125 bytes");
      if (opcode === Opcode.close && (second & 0x7f) === 1) throw broken("a close frame has half a code");
      break;
    default:
      throw broken(`opcode ${opcode} is reserved`);
  }
}

/** Whether a close frame may carry the code (section 7.4). Others are reserved. */
export function validCloseCode(code: number): boolean {
  return (
    (code >= 1000 && code <= 1014 && code !== 1004 && code !== 1005 && code !== 1006) || (code >= 3000 && code <= 4999)
  );
}

function broken(message: string): FrameError {
  return new FrameError(1002, message);
}
