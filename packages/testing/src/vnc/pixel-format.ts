/** How a pixel is laid out on the wire (RFC 6143, section 7.4). Only true color is supported. */
export interface PixelFormat {
  readonly bitsPerPixel: 8 | 16 | 32;
  readonly depth: number;
  readonly bigEndian: boolean;
  readonly redMax: number;
  readonly greenMax: number;
  readonly blueMax: number;
  readonly redShift: number;
  readonly greenShift: number;
  readonly blueShift: number;
}

/** What the server announces in ServerInit: 32 bits, little-endian, 0x00RRGGBB, as most servers do. */
export const RGB888: PixelFormat = {
  bitsPerPixel: 32,
  depth: 24,
  bigEndian: false,
  redMax: 255,
  greenMax: 255,
  blueMax: 255,
  redShift: 16,
  greenShift: 8,
  blueShift: 0,
};

/** The 16 bytes of PIXEL_FORMAT. */
export function encodePixelFormat(format: PixelFormat): Buffer {
  const bytes = Buffer.alloc(16);
  bytes[0] = format.bitsPerPixel;
  bytes[1] = format.depth;
  bytes[2] = format.bigEndian ? 1 : 0;
  bytes[3] = 1;
  bytes.writeUInt16BE(format.redMax, 4);
  bytes.writeUInt16BE(format.greenMax, 6);
  bytes.writeUInt16BE(format.blueMax, 8);
  bytes[10] = format.redShift;
  bytes[11] = format.greenShift;
  bytes[12] = format.blueShift;
  return bytes;
}

/** @throws Error for a color map or a number of bits that RFB does not know */
export function decodePixelFormat(bytes: Buffer): PixelFormat {
  const bitsPerPixel = bytes.readUInt8(0);
  if (bitsPerPixel !== 8 && bitsPerPixel !== 16 && bitsPerPixel !== 32) {
    throw new Error(`SetPixelFormat asks for ${bitsPerPixel} bits per pixel; expected 8, 16 or 32`);
  }
  if (bytes.readUInt8(3) === 0) throw new Error("SetPixelFormat asks for a color map; expected true color");
  return {
    bitsPerPixel,
    depth: bytes.readUInt8(1),
    bigEndian: bytes.readUInt8(2) !== 0,
    redMax: bytes.readUInt16BE(4),
    greenMax: bytes.readUInt16BE(6),
    blueMax: bytes.readUInt16BE(8),
    redShift: bytes.readUInt8(10),
    greenShift: bytes.readUInt8(11),
    blueShift: bytes.readUInt8(12),
  };
}

/** Writes pixel values as PIXEL, or as the shorter CPIXEL that ZRLE uses. */
export interface PixelWriter {
  /** Bytes of one pixel on the wire. */
  readonly size: number;
  write(target: Uint8Array, offset: number, value: number): void;
}

/** PIXEL: all bytes in the format's byte order. */
export function pixelWriter(format: PixelFormat): PixelWriter {
  return writerOf(format.bitsPerPixel / 8, 0, format.bigEndian);
}

/** CPIXEL (RFC 6143, section 7.7.5): three bytes where all color bits fit in the lower or the upper three. */
export function compactPixelWriter(format: PixelFormat): PixelWriter {
  if (format.bitsPerPixel !== 32 || format.depth > 24) return pixelWriter(format);
  const used = colorBits(format);
  if (used >>> 24 === 0) return writerOf(3, 0, format.bigEndian);
  if ((used & 0xff) === 0) return writerOf(3, 8, format.bigEndian);
  return pixelWriter(format);
}

function colorBits({ redMax, redShift, greenMax, greenShift, blueMax, blueShift }: PixelFormat): number {
  return (redMax << redShift) | (greenMax << greenShift) | (blueMax << blueShift);
}

function writerOf(size: number, skipBits: number, bigEndian: boolean): PixelWriter {
  return {
    size,
    write: (target, offset, value) => {
      for (let i = 0; i < size; i++) {
        target[bigEndian ? offset + size - 1 - i : offset + i] = value >>> (skipBits + 8 * i);
      }
    },
  };
}

/** From 8-bit red, green and blue to a pixel value, each channel rounded to the nearest it can show. */
export function pixelValues(format: PixelFormat): (red: number, green: number, blue: number) => number {
  const red = channel(format.redMax, format.redShift);
  const green = channel(format.greenMax, format.greenShift);
  const blue = channel(format.blueMax, format.blueShift);
  return (r, g, b) => (red[r]! | green[g]! | blue[b]!) >>> 0;
}

function channel(max: number, shift: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, level) => Math.round((level * max) / 255) << shift);
}
