import { createHash } from "node:crypto";
import { expectInteger } from "../faults/fault.ts";
import { seededBytes } from "../faults/seeded-bytes.ts";

/** Width and height in pixels. */
export interface Size {
  readonly width: number;
  readonly height: number;
}

/** A rectangle in pixels, from the upper left corner. */
export interface Rect extends Size {
  readonly x: number;
  readonly y: number;
}

/** Pixels in rows from the top; four bytes each: red, green, blue and alpha, as a canvas's `getImageData` has them. */
export interface Framebuffer extends Size {
  readonly data: Uint8Array;
}

/** Default size of the test pattern. */
export const DEFAULT_SIZE: Size = { width: 320, height: 240 };

type Color = readonly [red: number, green: number, blue: number];

const WHITE: Color = [255, 255, 255];
const NAVY: Color = [16, 24, 64];
const ORANGE: Color = [255, 136, 0];
const BARS: readonly Color[] = [
  WHITE,
  [255, 255, 0],
  [0, 255, 255],
  [0, 255, 0],
  [255, 0, 255],
  [255, 0, 0],
  [0, 0, 255],
  [0, 0, 0],
];

/** Each digit in five rows of three pixels, most significant bit on the left. */
const DIGITS: readonly (readonly number[])[] = [
  [7, 5, 5, 5, 7],
  [2, 6, 2, 2, 7],
  [7, 1, 7, 4, 7],
  [7, 1, 7, 1, 7],
  [5, 5, 7, 1, 1],
  [7, 4, 7, 1, 7],
  [7, 4, 7, 5, 7],
  [7, 1, 2, 2, 2],
  [7, 5, 7, 5, 7],
  [7, 5, 7, 1, 7],
];

/**
 * A test pattern: eight color bars, a color gradient, a patch of noise, a block that moves with `n`, and
 * `n` itself in digits. A pure function: the same arguments always give the same pixels. It has flat, two-color,
 * many-color and random areas, so that every way of coding a tile is used.
 *
 * @param n - number of the pattern, an integer from 0 to 999,999
 * @param size - at most 8192 pixels each way
 * @throws RangeError for other arguments
 */
export function testPattern(n: number, size: Size = DEFAULT_SIZE): Framebuffer {
  checkPatternNumber(n);
  checkSize(size);
  const canvas = new Canvas(size, background(size).data.slice());
  const footer = footerOf(size);
  drawNumber(canvas, n, { ...footer, width: Math.floor(footer.width / 2) });
  const block = blockAt(n, size);
  canvas.box(block, ORANGE);
  canvas.box(inset(block, Math.floor(block.width / 4)), NAVY);
  return canvas.framebuffer;
}

/** Everything that does not move: kept for the last size, because drawing it takes most of the time. */
let lastBackground: Framebuffer | undefined;

function background(size: Size): Framebuffer {
  const { width, height } = size;
  if (lastBackground?.width === width && lastBackground.height === height) return lastBackground;
  const canvas = new Canvas(size, new Uint8Array(width * height * 4));
  const barsHeight = Math.ceil(height / 2);
  for (const [i, color] of BARS.entries()) {
    const left = Math.floor((i * width) / BARS.length);
    const right = Math.floor(((i + 1) * width) / BARS.length);
    canvas.box({ x: left, y: 0, width: right - left, height: barsHeight }, color);
  }
  const footer = footerOf(size);
  const gradientHeight = footer.y - barsHeight;
  canvas.paint({ x: 0, y: barsHeight, width, height: gradientHeight }, (x, y) => [
    Math.floor((x * 255) / width),
    Math.floor((y * 255) / gradientHeight),
    255 - Math.floor((x * 255) / width),
  ]);
  canvas.box(footer, NAVY);
  drawNoise(canvas, { ...footer, x: Math.ceil(width / 2), width: Math.floor(width / 2) });
  lastBackground = canvas.framebuffer;
  return lastBackground;
}

/** The lowest quarter: the number on the left, noise on the right. */
function footerOf({ width, height }: Size): Rect {
  const y = Math.min(height, Math.ceil(height / 2) + Math.ceil(height / 4));
  return { x: 0, y, width, height: height - y };
}

/** Where the moving block is in pattern `n`: it runs to and fro over the color bars. */
export function blockAt(n: number, { width, height }: Size): Rect {
  const side = Math.min(32, Math.ceil(width / 4), Math.ceil(height / 4));
  return {
    x: toAndFro(n * 8, width - side),
    y: toAndFro(n * 2, Math.ceil(height / 2) - side),
    width: side,
    height: side,
  };
}

/** SHA-256, in hex, of the pixels of `testPattern(n, size)` as RGBA: the hash of a canvas that shows it. */
export function testPatternHash(n: number, size: Size = DEFAULT_SIZE): string {
  return createHash("sha256").update(testPattern(n, size).data).digest("hex");
}

/** @throws RangeError unless `n` is the number of a pattern */
export function checkPatternNumber(n: number): void {
  expectInteger("pattern number", n, 0, LAST_PATTERN);
}

/** The highest number: it is drawn in six digits. */
export const LAST_PATTERN = 999_999;

/** The longest side of a framebuffer. */
export const MAX_SIDE = 8192;

/** @throws RangeError unless both are from 1 to 8192 */
export function checkSize({ width, height }: Size): void {
  expectInteger("width", width, 1, MAX_SIDE);
  expectInteger("height", height, 1, MAX_SIDE);
}

function toAndFro(distance: number, range: number): number {
  if (range <= 0) return 0;
  const there = distance % (2 * range);
  return there <= range ? there : 2 * range - there;
}

function inset({ x, y, width, height }: Rect, by: number): Rect {
  return { x: x + by, y: y + by, width: width - 2 * by, height: height - 2 * by };
}

function drawNoise(canvas: Canvas, rect: Rect): void {
  const noise = seededBytes(2024, rect.width * rect.height * 3);
  canvas.paint(rect, (x, y) => {
    const at = 3 * (y * rect.width + x);
    return [noise[at]!, noise[at + 1]!, noise[at + 2]!];
  });
}

function drawNumber(canvas: Canvas, n: number, { x, y, width, height }: Rect): void {
  const text = String(n).padStart(6, "0");
  const scale = Math.max(1, Math.min(Math.floor(height / 7), Math.floor(width / (4 * text.length + 2))));
  for (const [i, digit] of text.split("").entries()) {
    for (const [row, bits] of DIGITS[Number(digit)]!.entries()) {
      for (let column = 0; column < 3; column++) {
        if ((bits & (4 >> column)) === 0) continue;
        const left = x + scale * (1 + 4 * i + column);
        canvas.box({ x: left, y: y + scale * (1 + row), width: scale, height: scale }, WHITE);
      }
    }
  }
}

/** Opaque pixels; drawing outside is ignored. */
class Canvas {
  readonly framebuffer: Framebuffer;

  constructor({ width, height }: Size, data: Uint8Array) {
    this.framebuffer = { width, height, data };
  }

  box(rect: Rect, color: Color): void {
    this.paint(rect, () => color);
  }

  paint(rect: Rect, colorAt: (x: number, y: number) => Color): void {
    const { width, height, data } = this.framebuffer;
    const right = Math.min(rect.width, width - rect.x);
    const bottom = Math.min(rect.height, height - rect.y);
    for (let y = 0; y < bottom; y++) {
      for (let x = 0; x < right; x++) {
        const at = 4 * ((rect.y + y) * width + rect.x + x);
        data.set(colorAt(x, y), at);
        data[at + 3] = 255;
      }
    }
  }
}
