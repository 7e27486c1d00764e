import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { expect, test } from "vitest";
import { encodeHextile } from "../src/vnc/encodings/hextile.ts";
import type { Raster } from "../src/vnc/encodings/raster.ts";
import { ZrleEncoder } from "../src/vnc/encodings/zrle.ts";
import { rectHeader, updateHeader } from "../src/vnc/messages.ts";
import { compactPixelWriter, pixelWriter, RGB888 } from "../src/vnc/pixel-format.ts";
import { seededBytes } from "../src/faults/seeded-bytes.ts";
import { RfbClient } from "./rfb-client.ts";

/** A raster of random colors from a palette, in runs of random length. */
function randomRaster(seed: number, colors: number, longestRun: number): Raster {
  const [width, height] = [130, 70];
  const random = seededBytes(seed, 4 * width * height);
  const values = new Uint32Array(width * height);
  for (let at = 0, next = 0; at < values.length; next += 4) {
    const length = 1 + (random.readUInt16LE(next) % longestRun);
    values.fill((random.readUInt16LE(next + 2) % colors) * 0xd431, at, at + length);
    at += length;
  }
  return { width, height, values };
}

/** One tile of 64 by 64 with runs of exactly these lengths, in colors that follow each other. */
function rasterOfRuns(lengths: readonly number[], colors: number): Raster {
  const values = new Uint32Array(64 * 64);
  let at = 0;
  for (const [i, length] of lengths.entries()) {
    values.fill((1 + (i % colors)) * 0x010101, at, at + length);
    at += length;
  }
  return { width: 64, height: 64, values };
}

/** What the client decodes from a single rectangle. */
async function decode(raster: Raster, encoding: number, data: Uint8Array): Promise<Uint32Array> {
  const { width, height } = raster;
  const server = createServer((socket) => {
    socket.end(Buffer.concat([updateHeader(1), rectHeader({ x: 0, y: 0, width, height }, encoding), data]));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  try {
    using client = await RfbClient.connect((server.address() as AddressInfo).port);
    client.width = width;
    client.height = height;
    client.pixels = new Uint32Array(width * height);
    await client.readUpdate();
    return client.pixels;
  } finally {
    server.close();
  }
}

const RASTERS: [string, Raster][] = [
  ...[1, 2, 3, 5, 16, 17, 127, 128, 300].flatMap((colors) =>
    [1, 7, 60, 700].map((run): [string, Raster] => [
      `${colors} colors in runs of up to ${run}`,
      randomRaster(colors * 1000 + run, colors, run),
    ]),
  ),
  ["runs around the limit of one length byte", rasterOfRuns([255, 256, 257, 510, 511, 512, 1, 2], 20)],
  ["the same in two colors", rasterOfRuns([255, 256, 257, 510, 511, 512, 1, 2], 2)],
];

test.each(RASTERS)("Hextile carries %s", async (_, raster) => {
  expect(await decode(raster, 5, encodeHextile(raster, pixelWriter(RGB888)))).toEqual(raster.values);
});

test.each(RASTERS)("ZRLE carries %s", async (_, raster) => {
  using encoder = new ZrleEncoder();
  const data = await encoder.encode(raster, compactPixelWriter(RGB888));
  expect(await decode(raster, 16, data)).toEqual(raster.values);
});

test("Hextile names the foreground again behind a tile of colored rectangles", async () => {
  const values = new Uint32Array(48 * 16).fill(0x111111);
  // One rectangle in the first and the third tile, of the same color; two of different colors between them.
  values[5] = 0x222222;
  values[16 + 5] = 0x333333;
  values[16 + 9] = 0x444444;
  values[32 + 5] = 0x222222;
  const raster = { width: 48, height: 16, values };
  expect(await decode(raster, 5, encodeHextile(raster, pixelWriter(RGB888)))).toEqual(values);
});
