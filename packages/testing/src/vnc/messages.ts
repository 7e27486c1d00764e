import type { Reader } from "../net/reader.ts";
import { decodePixelFormat, type PixelFormat } from "./pixel-format.ts";
import type { Rect, Size } from "./test-pattern.ts";

/** Encodings and pseudo-encodings that the server knows, by the numbers of RFC 6143 and the community spec. */
export const Encoding = {
  raw: 0,
  copyrect: 1,
  hextile: 5,
  zrle: 16,
  desktopSize: -223,
  cursor: -239,
  extendedDesktopSize: -308,
} as const;

/** What a client can say after the handshake (RFC 6143, section 7.5, and SetDesktopSize of the community spec). */
export type RfbClientMessage =
  | { readonly type: "pixelFormat"; readonly format: PixelFormat }
  | { readonly type: "encodings"; readonly encodings: readonly number[] }
  | { readonly type: "updateRequest"; readonly incremental: boolean; readonly region: Rect }
  | { readonly type: "key"; readonly keysym: number; readonly down: boolean }
  | { readonly type: "pointer"; readonly x: number; readonly y: number; readonly buttons: number }
  | { readonly type: "clipboard"; readonly text: string }
  | { readonly type: "resizeRequest"; readonly size: Size };

const MAX_CLIPBOARD = 16 * 1024 * 1024;

/**
 * Reads the next message.
 * @throws Error for a type that the server never offered, or a clipboard beyond 16 MiB
 */
export async function readMessage(reader: Reader): Promise<RfbClientMessage> {
  const type = (await reader.read(1)).readUInt8();
  switch (type) {
    case 0:
      return { type: "pixelFormat", format: decodePixelFormat((await reader.read(19)).subarray(3)) };
    case 2: {
      const count = (await reader.read(3)).readUInt16BE(1);
      const bytes = await reader.read(4 * count);
      return { type: "encodings", encodings: Array.from({ length: count }, (_, i) => bytes.readInt32BE(4 * i)) };
    }
    case 3: {
      const bytes = await reader.read(9);
      return { type: "updateRequest", incremental: bytes.readUInt8() !== 0, region: rectAt(bytes, 1) };
    }
    case 4: {
      const bytes = await reader.read(7);
      return { type: "key", down: bytes.readUInt8() !== 0, keysym: bytes.readUInt32BE(3) };
    }
    case 5: {
      const bytes = await reader.read(5);
      return { type: "pointer", buttons: bytes.readUInt8(), x: bytes.readUInt16BE(1), y: bytes.readUInt16BE(3) };
    }
    case 6: {
      const length = (await reader.read(7)).readUInt32BE(3);
      if (length > MAX_CLIPBOARD)
        throw new Error(`ClientCutText of ${length} bytes; expected at most ${MAX_CLIPBOARD}`);
      return { type: "clipboard", text: (await reader.read(length)).toString("latin1") };
    }
    case 251: {
      const bytes = await reader.read(7);
      await reader.read(16 * bytes.readUInt8(5));
      return { type: "resizeRequest", size: { width: bytes.readUInt16BE(1), height: bytes.readUInt16BE(3) } };
    }
    default:
      throw new Error(`the client sent a message of type ${type}, which was not offered`);
  }
}

/** The header of a FramebufferUpdate with this many rectangles. */
export function updateHeader(rectangles: number): Uint8Array {
  return Uint8Array.of(0, 0, rectangles >> 8, rectangles);
}

/** The header of one rectangle. */
export function rectHeader({ x, y, width, height }: Rect, encoding: number): Buffer {
  const bytes = Buffer.alloc(12);
  bytes.writeUInt16BE(x, 0);
  bytes.writeUInt16BE(y, 2);
  bytes.writeUInt16BE(width, 4);
  bytes.writeUInt16BE(height, 6);
  bytes.writeInt32BE(encoding, 8);
  return bytes;
}

/** Bell (RFC 6143, section 7.6.3). */
export const BELL: Uint8Array = Uint8Array.of(2);

/**
 * ServerCutText (RFC 6143, section 7.6.4).
 * @throws RangeError for characters outside Latin-1, which the message cannot carry
 */
export function serverCutText(text: string): Buffer {
  const alien = Array.from(text).find((character) => character > "\u00ff");
  if (alien !== undefined) throw new RangeError(`clipboard text has ${JSON.stringify(alien)}; expected Latin-1 only`);
  const bytes = Buffer.from(text, "latin1");
  const header = Buffer.alloc(8);
  header[0] = 3;
  header.writeUInt32BE(bytes.length, 4);
  return Buffer.concat([header, bytes]);
}

function rectAt(bytes: Buffer, offset: number): Rect {
  return {
    x: bytes.readUInt16BE(offset),
    y: bytes.readUInt16BE(offset + 2),
    width: bytes.readUInt16BE(offset + 4),
    height: bytes.readUInt16BE(offset + 6),
  };
}
