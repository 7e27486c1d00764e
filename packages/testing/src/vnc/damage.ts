import type { Picture, Rect } from "./picture.ts";

const TILE = 16;

/** The part of a rectangle that lies within an area of the given size; possibly empty. */
export function clip(rect: Rect, width: number, height: number): Rect {
  const x = Math.min(rect.x, width);
  const y = Math.min(rect.y, height);
  return { x, y, width: Math.min(rect.width, width - x), height: Math.min(rect.height, height - y) };
}

/** A picture cut, or extended with black, to another size. */
export function resized(picture: Picture, width: number, height: number): Picture {
  if (picture.width === width && picture.height === height) return picture;
  const data = new Uint8Array(width * height * 4);
  for (let at = 3; at < data.length; at += 4) data[at] = 255;
  const part = clip({ x: 0, y: 0, width, height }, picture.width, picture.height);
  for (let y = 0; y < part.height; y++) {
    data.set(picture.data.subarray(4 * y * picture.width, 4 * (y * picture.width + part.width)), 4 * y * width);
  }
  return { width, height, data };
}

/** Where two pictures of the same size differ within a region: runs of tiles, joined where they stand one on another. */
export function damage(before: Picture, after: Picture, region: Rect): Rect[] {
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

/** Copies a rectangle from one picture into another of the same size. */
export function copyInto(target: Picture, source: Picture, { x, y, width, height }: Rect): void {
  for (let row = y; row < y + height; row++) {
    const from = 4 * (row * source.width + x);
    target.data.set(source.data.subarray(from, from + 4 * width), from);
  }
}

function damagedRuns(before: Picture, after: Picture, band: Rect): Rect[] {
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

function differ(a: Picture, b: Picture, { x, y, width, height }: Rect): boolean {
  for (let row = y; row < y + height; row++) {
    const from = 4 * (row * a.width + x);
    const to = from + 4 * width;
    for (let at = from; at < to; at++) if (a.data[at] !== b.data[at]) return true;
  }
  return false;
}
