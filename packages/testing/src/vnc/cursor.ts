import { Encoding, rectHeader } from "./messages.ts";
import type { PixelFormat } from "./pixel-format.ts";
import { translationTo } from "./encodings/raster.ts";
import { encodeRaw } from "./encodings/raw.ts";

/** An arrow that points to the upper left: `#` black, `.` white, space transparent. */
const ARROW = ["##......", "#.#.....", "#..#....", "#...#...", "#....#..", "#.....#.", "#...####", "####...."];
/** How far a row of the arrow reaches; what is to the right of it is transparent. */
const REACH = [2, 3, 4, 5, 6, 7, 8, 4];
const SIDE = 8;

/** The rectangle of the Cursor pseudo-encoding (RFC 6143, section 7.8.1): pixels, then a mask of one bit each. */
export function cursorRect(format: PixelFormat): Buffer {
  const data = new Uint8Array(SIDE * SIDE * 4);
  const mask = Buffer.alloc(SIDE);
  for (const [y, row] of ARROW.entries()) {
    const reach = REACH[y]!;
    mask[y] = (0xff << (SIDE - reach)) & 0xff;
    for (let x = 0; x < SIDE; x++) data.fill(row[x] === "." ? 255 : 0, 4 * (y * SIDE + x), 4 * (y * SIDE + x) + 3);
  }
  const rect = { x: 0, y: 0, width: SIDE, height: SIDE };
  const translation = translationTo(format);
  const pixels = encodeRaw(translation.raster({ width: SIDE, height: SIDE, data }, rect), translation.pixel);
  return Buffer.concat([rectHeader(rect, Encoding.cursor), pixels, mask]);
}
