import type { PixelWriter } from "../pixel-format.ts";
import { ByteSink, type Raster, tiles } from "./raster.ts";

/** Bits of a tile's subencoding mask. */
const RAW = 1;
const BACKGROUND = 2;
const FOREGROUND = 4;
const ANY_SUBRECTS = 8;
const SUBRECTS_COLORED = 16;

interface Subrect {
  readonly value: number;
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * Hextile (RFC 6143, section 7.7.4): tiles of 16 by 16 pixels, each raw or as a background with rectangles on it.
 * Colors that carry over from the tile before are left out.
 */
export function encodeHextile(raster: Raster, pixel: PixelWriter): Uint8Array {
  const sink = new ByteSink();
  let background: number | undefined;
  let foreground: number | undefined;
  for (const tile of tiles(raster, 16)) {
    const back = mostFrequent(tile.values);
    const subrects = subrectsOn(back, tile);
    const colors = new Set(subrects.map(({ value }) => value));
    const colored = colors.size > 1;
    const subrectBytes = subrects.length * (2 + (colored ? pixel.size : 0));
    if (subrects.length > 255 || subrectBytes + 2 * pixel.size + 1 >= tile.values.length * pixel.size) {
      sink.byte(RAW);
      sink.pixels(pixel, tile.values);
      // The colors do not carry over a raw tile.
      background = undefined;
      foreground = undefined;
      continue;
    }
    const fore = colored ? undefined : subrects[0]?.value;
    let mask = 0;
    if (back !== background) mask |= BACKGROUND;
    if (fore !== undefined && fore !== foreground) mask |= FOREGROUND;
    if (subrects.length > 0) mask |= ANY_SUBRECTS;
    if (colored) mask |= SUBRECTS_COLORED;
    sink.byte(mask);
    if ((mask & BACKGROUND) !== 0) sink.pixel(pixel, back);
    if (fore !== undefined && (mask & FOREGROUND) !== 0) sink.pixel(pixel, fore);
    if (subrects.length > 0) sink.byte(subrects.length);
    for (const { value, x, y, width, height } of subrects) {
      if (colored) sink.pixel(pixel, value);
      sink.byte((x << 4) | y);
      sink.byte(((width - 1) << 4) | (height - 1));
    }
    background = back;
    // Nor does the foreground carry over a tile with colored subrectangles.
    if (colored) foreground = undefined;
    else foreground = fore ?? foreground;
  }
  return sink.toBytes();
}

function mostFrequent(values: Uint32Array): number {
  const counts = new Map<number, number>();
  let best = values[0] ?? 0;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (count > (counts.get(best) ?? 0)) best = value;
  }
  return best;
}

/** Covers all pixels that are not background with rectangles of one color: runs, extended downwards while they fit. */
function subrectsOn(background: number, { width, height, values }: Raster): Subrect[] {
  const covered = new Uint8Array(values.length);
  const subrects: Subrect[] = [];
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const value = values[y * width + x]!;
      if (value === background || covered[y * width + x] !== 0) continue;
      const matches = (column: number, row: number): boolean =>
        values[row * width + column] === value && covered[row * width + column] === 0;
      let right = x + 1;
      while (right < width && matches(right, y)) right++;
      let bottom = y + 1;
      while (bottom < height && allBetween(x, right, (column) => matches(column, bottom))) bottom++;
      for (let row = y; row < bottom; row++) covered.fill(1, row * width + x, row * width + right);
      subrects.push({ value, x, y, width: right - x, height: bottom - y });
    }
  }
  return subrects;
}

function allBetween(from: number, to: number, test: (i: number) => boolean): boolean {
  for (let i = from; i < to; i++) if (!test(i)) return false;
  return true;
}
