import { compactPixelWriter, type PixelFormat, pixelValues, pixelWriter, type PixelWriter } from "../pixel-format.ts";
import type { Framebuffer, Rect, Size } from "../test-pattern.ts";

/** A rectangle of pixel values in the client's format, in rows from the top. */
export interface Raster extends Size {
  readonly values: Uint32Array;
}

/** Everything that depends on the pixel format which a client asked for. */
export interface Translation {
  readonly pixel: PixelWriter;
  readonly compactPixel: PixelWriter;
  /** The raster of a part of a framebuffer. */
  raster(framebuffer: Framebuffer, rect: Rect): Raster;
}

/** Prepares translation to a pixel format. */
export function translationTo(format: PixelFormat): Translation {
  const valueOf = pixelValues(format);
  return {
    pixel: pixelWriter(format),
    compactPixel: compactPixelWriter(format),
    raster: ({ data, width: stride }, { x, y, width, height }) => {
      const values = new Uint32Array(width * height);
      for (let row = 0; row < height; row++) {
        let from = 4 * ((y + row) * stride + x);
        for (let column = 0; column < width; column++, from += 4) {
          values[row * width + column] = valueOf(data[from]!, data[from + 1]!, data[from + 2]!);
        }
      }
      return { width, height, values };
    },
  };
}

/** The tiles of a raster, row by row from the upper left; those at the right and lower edge may be smaller. */
export function* tiles({ width, height, values }: Raster, side: number): Generator<Raster> {
  for (let y = 0; y < height; y += side) {
    for (let x = 0; x < width; x += side) {
      const tile = { width: Math.min(side, width - x), height: Math.min(side, height - y) };
      const inside = new Uint32Array(tile.width * tile.height);
      for (let row = 0; row < tile.height; row++) {
        const from = (y + row) * width + x;
        inside.set(values.subarray(from, from + tile.width), row * tile.width);
      }
      yield { ...tile, values: inside };
    }
  }
}

/** Bytes of unknown number, appended one after the other. */
export class ByteSink {
  #bytes: Uint8Array = new Uint8Array(4096);
  #length = 0;

  byte(value: number): void {
    this.#reserve(1);
    this.#bytes[this.#length++] = value;
  }

  pixel(writer: PixelWriter, value: number): void {
    this.#reserve(writer.size);
    writer.write(this.#bytes, this.#length, value);
    this.#length += writer.size;
  }

  pixels(writer: PixelWriter, values: Uint32Array): void {
    for (const value of values) this.pixel(writer, value);
  }

  append(bytes: Uint8Array): void {
    this.#reserve(bytes.length);
    this.#bytes.set(bytes, this.#length);
    this.#length += bytes.length;
  }

  get length(): number {
    return this.#length;
  }

  toBytes(): Uint8Array {
    return this.#bytes.subarray(0, this.#length);
  }

  #reserve(more: number): void {
    if (this.#length + more <= this.#bytes.length) return;
    const larger = new Uint8Array(Math.max(2 * this.#bytes.length, this.#length + more));
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
