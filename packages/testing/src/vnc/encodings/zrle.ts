import { constants, createDeflate } from "node:zlib";
import type { PixelWriter } from "../pixel-format.ts";
import { ByteSink, type Raster, tiles } from "./raster.ts";

const RAW = 0;
const SOLID = 1;
const PLAIN_RLE = 128;
const PALETTE_RLE = 128;

interface Run {
  readonly value: number;
  readonly length: number;
}

/**
 * ZRLE (RFC 6143, section 7.7.6): tiles of 64 by 64 pixels, each coded in the shortest of five ways, and all of a
 * connection's rectangles compressed as one zlib stream.
 */
export class ZrleEncoder implements Disposable {
  readonly #deflate = createDeflate({ level: constants.Z_BEST_SPEED });
  #compressed: Buffer[] = [];

  constructor() {
    this.#deflate.on("data", (chunk: Buffer) => this.#compressed.push(chunk));
  }

  /** The rectangle's data: a length, then that many bytes of the stream. Calls must not overlap. */
  async encode(raster: Raster, pixel: PixelWriter): Promise<Uint8Array> {
    const sink = new ByteSink();
    for (const tile of tiles(raster, 64)) encodeTile(tile, pixel, sink);
    this.#deflate.write(sink.toBytes());
    await new Promise<void>((resolve) => this.#deflate.flush(constants.Z_SYNC_FLUSH, resolve));
    const data = Buffer.concat(this.#compressed);
    this.#compressed = [];
    const length = Buffer.alloc(4);
    length.writeUInt32BE(data.length);
    return Buffer.concat([length, data]);
  }

  /** Frees the zlib stream. */
  [Symbol.dispose](): void {
    this.#deflate.destroy();
  }
}

function encodeTile(tile: Raster, pixel: PixelWriter, sink: ByteSink): void {
  const palette = [...new Set(tile.values)];
  if (palette.length === 1) {
    sink.byte(SOLID);
    sink.pixel(pixel, palette[0]!);
    return;
  }
  const candidates = [raw(tile, pixel), plainRle(tile, pixel)];
  if (palette.length <= 16) candidates.push(packedPalette(tile, palette, pixel));
  if (palette.length <= 127) candidates.push(paletteRle(tile, palette, pixel));
  candidates.sort((a, b) => a.length - b.length);
  sink.append(candidates[0]!.toBytes());
}

function raw({ values }: Raster, pixel: PixelWriter): ByteSink {
  const sink = new ByteSink();
  sink.byte(RAW);
  sink.pixels(pixel, values);
  return sink;
}

function packedPalette({ width, height, values }: Raster, palette: readonly number[], pixel: PixelWriter): ByteSink {
  const sink = new ByteSink();
  sink.byte(palette.length);
  for (const value of palette) sink.pixel(pixel, value);
  const index = indexOf(palette);
  const bits = palette.length === 2 ? 1 : palette.length <= 4 ? 2 : 4;
  for (let y = 0; y < height; y++) {
    // Each row begins with a new byte.
    let byte = 0;
    let free = 8;
    for (let x = 0; x < width; x++) {
      free -= bits;
      byte |= index(values[y * width + x]!) << free;
      if (free > 0) continue;
      sink.byte(byte);
      byte = 0;
      free = 8;
    }
    if (free < 8) sink.byte(byte);
  }
  return sink;
}

function plainRle({ values }: Raster, pixel: PixelWriter): ByteSink {
  const sink = new ByteSink();
  sink.byte(PLAIN_RLE);
  for (const { value, length } of runs(values)) {
    sink.pixel(pixel, value);
    runLength(sink, length);
  }
  return sink;
}

function paletteRle({ values }: Raster, palette: readonly number[], pixel: PixelWriter): ByteSink {
  const sink = new ByteSink();
  sink.byte(PALETTE_RLE + palette.length);
  for (const value of palette) sink.pixel(pixel, value);
  const index = indexOf(palette);
  for (const { value, length } of runs(values)) {
    if (length === 1) {
      sink.byte(index(value));
    } else {
      sink.byte(128 | index(value));
      runLength(sink, length);
    }
  }
  return sink;
}

/** One less than the length, as bytes of 255 and a last one below 255. */
function runLength(sink: ByteSink, length: number): void {
  let rest = length - 1;
  for (; rest >= 255; rest -= 255) sink.byte(255);
  sink.byte(rest);
}

function* runs(values: Uint32Array): Generator<Run> {
  for (let start = 0; start < values.length;) {
    const value = values[start]!;
    let end = start + 1;
    while (end < values.length && values[end] === value) end++;
    yield { value, length: end - start };
    start = end;
  }
}

function indexOf(palette: readonly number[]): (value: number) => number {
  const indices = new Map(palette.map((value, i) => [value, i]));
  return (value) => indices.get(value)!;
}
