import { UPGRADE } from "./http.ts";

/** A client's frame with a zero mask (RFC 6455, section 5.2). */
export interface FrameOptions {
  readonly opcode: number;
  /** How long the header says the payload is. @defaultValue as long as it is */
  readonly length?: number;
  /** @defaultValue true */
  readonly isMasked?: boolean;
}

/** Encodes a frame that libraries would not send. */
export function encodeFrame(
  payload: Buffer,
  { opcode, length = payload.length, isMasked = true }: FrameOptions,
): Buffer {
  const header = Buffer.alloc(10);
  header[0] = 0x80 | opcode;
  header[1] = (isMasked ? 0x80 : 0) | 127;
  header.writeBigUInt64BE(BigInt(length), 2);
  return Buffer.concat([header, Buffer.alloc(isMasked ? 4 : 0), payload]);
}

/** An upgrade request, as bytes. */
export function encodeUpgrade(host: string, token: string): Buffer {
  const headers = Object.entries({ Host: host, ...UPGRADE }).map(([name, value]) => `${name}: ${value}\r\n`);
  return Buffer.from(`GET /?token=${token} HTTP/1.1\r\n${headers.join("")}\r\n`);
}
