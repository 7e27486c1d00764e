import type { Framebuffer, Rect } from "./test-pattern.ts";

const TILE = 16;

/** The part of a rectangle that lies within an area of the given size; possibly empty. */
export function clip(rect: Rect, width: number, height: number): Rect {
  const x = Math.min(rect.x, width);
  const y = Math.min(rect.y, height);
  return { x, y, width: Math.min(rect.width, width - x), height: Math.min(rect.height, height - y) };
}

/** A framebuffer cut, or extended with black, to another size. */
export function resized(framebuffer: Framebuffer, width: number, height: number): Framebuffer {
  if (framebuffer.width === width && framebuffer.height === height) return framebuffer;
  const data = new Uint8Array(width * height * 4);
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
  const part = clip({ x: 0, y: 0, width, height }, framebuffer.width, framebuffer.height);
  for (let y = 0; y < part.height; y++) {
    data.set(
      framebuffer.data.subarray(4 * y * framebuffer.width, 4 * (y * framebuffer.width + part.width)),
      4 * y * width,
    );
  }
  return { width, height, data };
}

/** Where two framebuffers of the same size differ within a region: runs of tiles, joined where they stand one on another. */
export function damage(before: Framebuffer, after: Framebuffer, region: Rect): Rect[] {
  const done: Rect[] = [];
  let open: Rect[] = [];
  for (let y = region.y; y < region.y + region.height; y += TILE) {
    const height = Math.min(TILE, region.y + region.height - y);
    const row = damagedRuns(before, after, { ...region, y, height });
    const joined = row.map((run) => {
      const above = open.find((rect) => rect.x === run.x && rect.width === run.width);
      return above === undefined ? run : { ...above, height: above.height + run.height };
    });
    done.push(...open.filter((rect) => !joined.some((next) => next.y === rect.y && next.x === rect.x)));
    open = joined;
  }
  return [...done, ...open];
}

/** Copies a rectangle from one framebuffer into another of the same size. */
export function copyInto(target: Framebuffer, source: Framebuffer, { x, y, width, height }: Rect): void {
  for (let row = y; row < y + height; row++) {
    const from = 4 * (row * source.width + x);
    target.data.set(source.data.subarray(from, from + 4 * width), from);
  }
}

function damagedRuns(before: Framebuffer, after: Framebuffer, band: Rect): Rect[] {
  const runs: Rect[] = [];
  let start: number | undefined;
  const right = band.x + band.width;
  for (let x = band.x; x < right; x += TILE) {
    const width = Math.min(TILE, right - x);
    if (differ(before, after, { ...band, x, width })) {
      start ??= x;
    } else if (start !== undefined) {
      runs.push({ ...band, x: start, width: x - start });
      start = undefined;
    }
  }
  if (start !== undefined) runs.push({ ...band, x: start, width: right - start });
  return runs;
}

function differ(a: Framebuffer, b: Framebuffer, { x, y, width, height }: Rect): boolean {
  for (let row = y; row < y + height; row++) {
    const from = 4 * (row * a.width + x);
    const to = from + 4 * width;
    for (let at = from; at < to; at++) if (a.data[at] !== b.data[at]) return true;
  }
  return false;
}
