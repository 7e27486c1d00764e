import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { constants, createInflate, type Inflate } from "node:zlib";

/** Pixel format as a client asks for it: bits, byte order, and [max, shift] of red, green and blue. */
export interface WantedFormat {
  readonly bits: 8 | 16 | 32;
  readonly depth: number;
  readonly bigEndian: boolean;
  readonly channels: readonly [readonly [number, number], readonly [number, number], readonly [number, number]];
}

export const DEFAULT_FORMAT: WantedFormat = {
  bits: 32,
  depth: 24,
  bigEndian: false,
  channels: [
    [255, 16],
    [255, 8],
    [255, 0],
  ],
};

export interface SeenRect {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  readonly encoding: number;
}

export interface Cursor {
  readonly width: number;
  readonly height: number;
  readonly mask: Buffer;
}

/**
 * A small RFB client, written against RFC 6143 and not against the server: what it decodes is what the bytes say.
 * It reads strictly in order, one message at a time, when asked to.
 */
export class RfbClient {
  readonly socket: Socket;
  readonly #inflate: Inflate = createInflate({ finishFlush: constants.Z_SYNC_FLUSH });
  #inflated: Buffer = Buffer.alloc(0);
  #buffer: Buffer = Buffer.alloc(0);
  #wake: () => void = () => {};
  #ended = false;
  format: WantedFormat = DEFAULT_FORMAT;
  width = 0;
  height = 0;
  name = "";
  /** The framebuffer: pixel values as decoded, one per pixel. */
  pixels: Uint32Array = new Uint32Array(0);
  cursor: Cursor | undefined;
  bells = 0;
  clipboard = "";

  private constructor(socket: Socket) {
    this.socket = socket;
    this.#inflate.on("data", (chunk: Buffer) => (this.#inflated = Buffer.concat([this.#inflated, chunk])));
    socket.on("data", (chunk: Buffer) => {
      this.#buffer = this.#buffer.length === 0 ? chunk : Buffer.concat([this.#buffer, chunk]);
      this.#wake();
    });
    socket.on("error", () => {});
    for (const event of ["end", "close"]) {
      socket.on(event, () => {
        this.#ended = true;
        this.#wake();
      });
    }
  }

  static async connect(port: number): Promise<RfbClient> {
    const socket = connect(port, "127.0.0.1");
    await once(socket, "connect");
    return new RfbClient(socket);
  }

  [Symbol.dispose](): void {
    this.socket.destroy();
    this.#inflate.destroy();
  }

  async read(length: number): Promise<Buffer> {
    while (this.#buffer.length < length) {
      if (this.#ended) throw new Error(`the server ended; ${this.#buffer.length} of ${length} bytes were there`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
    const bytes = this.#buffer.subarray(0, length);
    this.#buffer = this.#buffer.subarray(length);
    return bytes;
  }

  /** The whole handshake. `respond` makes the response to a challenge. */
  async handshake(version: "3.3" | "3.7" | "3.8", respond?: (challenge: Buffer) => Buffer): Promise<void> {
    await this.read(12);
    this.socket.write(`RFB 003.00${version.slice(2)}\n`);
    let type: number;
    if (version === "3.3") {
      type = (await this.read(4)).readUInt32BE();
    } else {
      const types = await this.read((await this.read(1)).readUInt8());
      type = types.readUInt8();
      this.socket.write(Uint8Array.of(type));
    }
    if (type === 2) this.socket.write(respond!(await this.read(16)));
    if (type === 2 || version === "3.8") {
      const result = (await this.read(4)).readUInt32BE();
      if (result !== 0)
        throw new Error(`refused: ${version === "3.8" ? await this.#text() : "no reason in this version"}`);
    }
    this.socket.write(Uint8Array.of(1));
    const init = await this.read(20);
    this.#resize(init.readUInt16BE(0), init.readUInt16BE(2));
    this.name = await this.#text();
  }

  setFormat(format: WantedFormat): void {
    this.format = format;
    const bytes = Buffer.alloc(20);
    bytes.set([0, 0, 0, 0, format.bits, format.depth, format.bigEndian ? 1 : 0, 1]);
    for (const [i, [max, shift]] of format.channels.entries()) {
      bytes.writeUInt16BE(max, 8 + 2 * i);
      bytes[14 + i] = shift;
    }
    this.socket.write(bytes);
  }

  setEncodings(...encodings: readonly number[]): void {
    const bytes = Buffer.alloc(4 + 4 * encodings.length);
    bytes[0] = 2;
    bytes.writeUInt16BE(encodings.length, 2);
    for (const [i, encoding] of encodings.entries()) bytes.writeInt32BE(encoding, 4 + 4 * i);
    this.socket.write(bytes);
  }

  requestUpdate(
    incremental: boolean,
    rect: readonly [number, number, number, number] = [0, 0, this.width, this.height],
  ): void {
    const bytes = Buffer.alloc(10);
    bytes[0] = 3;
    bytes[1] = incremental ? 1 : 0;
    for (const [i, value] of rect.entries()) bytes.writeUInt16BE(value, 2 + 2 * i);
    this.socket.write(bytes);
  }

  /** Reads messages up to the next FramebufferUpdate and takes that in. */
  async readUpdate(): Promise<SeenRect[]> {
    for (;;) {
      const type = (await this.read(1)).readUInt8();
      if (type === 0) break;
      if (type === 2) this.bells++;
      else if (type === 3) {
        await this.read(3);
        this.clipboard = await this.#text("latin1");
      } else throw new Error(`unexpected message type ${type}`);
    }
    const count = (await this.read(3)).readUInt16BE(1);
    const seen: SeenRect[] = [];
    for (let i = 0; i < count; i++) seen.push(await this.#rect());
    return seen;
  }

  async #text(encoding: "utf8" | "latin1" = "utf8"): Promise<string> {
    return (await this.read((await this.read(4)).readUInt32BE())).toString(encoding);
  }

  #resize(width: number, height: number): void {
    this.width = width;
    this.height = height;
    this.pixels = new Uint32Array(width * height);
  }

  async #rect(): Promise<SeenRect> {
    const header = await this.read(12);
    const [x, y, width, height] = [0, 2, 4, 6].map((at) => header.readUInt16BE(at)) as [number, number, number, number];
    const rect = { x, y, width, height, encoding: header.readInt32BE(8) };
    switch (rect.encoding) {
      case 0:
        await this.#raw(rect);
        break;
      case 1: {
        const source = await this.read(4);
        this.#copy(source.readUInt16BE(0), source.readUInt16BE(2), rect);
        break;
      }
      case 5:
        await this.#hextile(rect);
        break;
      case 16:
        await this.#zrle(rect);
        break;
      case -223:
        this.#resize(width, height);
        break;
      case -308: {
        const screens = (await this.read(4)).readUInt8();
        await this.read(16 * screens);
        if (y === 0) this.#resize(width, height);
        break;
      }
      case -239:
        await this.read((width * height * this.format.bits) / 8);
        this.cursor = { width, height, mask: await this.read(Math.ceil(width / 8) * height) };
        break;
      default:
        throw new Error(`unexpected encoding ${rect.encoding}`);
    }
    return rect;
  }

  #set(x: number, y: number, value: number): void {
    this.pixels[y * this.width + x] = value;
  }

  #fill(x: number, y: number, width: number, height: number, value: number): void {
    for (let row = y; row < y + height; row++)
      for (let column = x; column < x + width; column++) this.#set(column, row, value);
  }

  #pixel(bytes: Buffer, at: number): number {
    const length = this.format.bits / 8;
    return this.format.bigEndian ? bytes.readUIntBE(at, length) : bytes.readUIntLE(at, length);
  }

  async #raw({ x, y, width, height }: SeenRect): Promise<void> {
    const length = this.format.bits / 8;
    const bytes = await this.read(width * height * length);
    for (let i = 0; i < width * height; i++) {
      this.#set(x + (i % width), y + Math.floor(i / width), this.#pixel(bytes, i * length));
    }
  }

  #copy(fromX: number, fromY: number, { x, y, width, height }: SeenRect): void {
    const before = this.pixels.slice();
    for (let row = 0; row < height; row++) {
      for (let column = 0; column < width; column++) {
        this.#set(x + column, y + row, before[(fromY + row) * this.width + fromX + column]!);
      }
    }
  }

  async #hextile({ x, y, width, height }: SeenRect): Promise<void> {
    const length = this.format.bits / 8;
    let background = 0;
    let foreground = 0;
    for (let top = y; top < y + height; top += 16) {
      for (let left = x; left < x + width; left += 16) {
        const w = Math.min(16, x + width - left);
        const h = Math.min(16, y + height - top);
        const mask = (await this.read(1)).readUInt8();
        if ((mask & 1) !== 0) {
          await this.#raw({ x: left, y: top, width: w, height: h, encoding: 0 });
          // A decoder need not remember colors over a raw tile: make forgetting them visible.
          background = 0x5a5a5a;
          foreground = 0x5a5a5a;
          continue;
        }
        if ((mask & 2) !== 0) background = this.#pixel(await this.read(length), 0);
        if ((mask & 4) !== 0) foreground = this.#pixel(await this.read(length), 0);
        this.#fill(left, top, w, h, background);
        const subrects = (mask & 8) === 0 ? 0 : (await this.read(1)).readUInt8();
        for (let i = 0; i < subrects; i++) {
          const value = (mask & 16) === 0 ? foreground : this.#pixel(await this.read(length), 0);
          const [place, extent] = await this.read(2);
          this.#fill(left + (place! >> 4), top + (place! & 15), (extent! >> 4) + 1, (extent! & 15) + 1, value);
        }
        if ((mask & 16) !== 0) foreground = 0x5a5a5a;
      }
    }
  }

  async #zrle({ x, y, width, height }: SeenRect): Promise<void> {
    const compressed = await this.read((await this.read(4)).readUInt32BE());
    this.#inflate.write(compressed);
    await new Promise<void>((resolve) => this.#inflate.flush(resolve));
    const data = this.#inflated;
    this.#inflated = Buffer.alloc(0);
    let at = 0;
    const { bits, depth, bigEndian, channels } = this.format;
    const used = channels.reduce((all, [max, shift]) => (all | (max << shift)) >>> 0, 0);
    const low = bits === 32 && depth <= 24 && used <= 0xffffff;
    const high = bits === 32 && depth <= 24 && !low && (used & 0xff) === 0;
    const pixel = (): number => {
      const length = low || high ? 3 : bits / 8;
      const value = bigEndian ? data.readUIntBE(at, length) : data.readUIntLE(at, length);
      at += length;
      return high ? (value << 8) >>> 0 : value;
    };
    const run = (): number => {
      let length = 1;
      for (;;) {
        const byte = data[at++]!;
        length += byte;
        if (byte !== 255) return length;
      }
    };
    for (let top = y; top < y + height; top += 64) {
      for (let left = x; left < x + width; left += 64) {
        const w = Math.min(64, x + width - left);
        const h = Math.min(64, y + height - top);
        const kind = data[at++]!;
        const palette = Array.from({ length: kind >= 130 ? kind - 128 : kind > 0 && kind <= 16 ? kind : 0 }, pixel);
        const put = (i: number, value: number): void => this.#set(left + (i % w), top + Math.floor(i / w), value);
        if (kind === 0) for (let i = 0; i < w * h; i++) put(i, pixel());
        else if (kind === 1) this.#fill(left, top, w, h, palette[0]!);
        else if (kind <= 16) {
          const size = kind === 2 ? 1 : kind <= 4 ? 2 : 4;
          for (let row = 0; row < h; row++) {
            const start = at;
            for (let column = 0; column < w; column++) {
              const bit = column * size;
              const index = (data[start + (bit >> 3)]! >> (8 - size - (bit & 7))) & ((1 << size) - 1);
              put(row * w + column, palette[index]!);
            }
            at = start + Math.ceil((w * size) / 8);
          }
        } else if (kind >= 128 && kind !== 129) {
          for (let i = 0; i < w * h;) {
            const index = kind === 128 ? 128 : data[at++]!;
            const value = kind === 128 ? pixel() : palette[index & 127]!;
            const end = i + (index >= 128 ? run() : 1);
            while (i < end) put(i++, value);
          }
        } else throw new Error(`unexpected ZRLE tile ${kind}`);
      }
    }
    if (at !== data.length) throw new Error(`ZRLE: ${data.length - at} bytes left over`);
  }
}
