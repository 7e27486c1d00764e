import { testPattern, startFakeVnc, type VncEncoding } from "@curfew/testing";
import { describe, expect, test } from "vitest";
import { DEFAULT_FORMAT, RfbClient, type WantedFormat } from "./rfb-client.ts";

const NUMBER: Record<VncEncoding, number> = { raw: 0, copyrect: 1, hextile: 5, zrle: 16 };
// Not a multiple of 16 or 64, so that the tiles at the edges are cut.
const SIZE = { width: 150, height: 90 };

const FORMATS: Record<string, WantedFormat> = {
  "32 bits as announced": DEFAULT_FORMAT,
  "32 bits as noVNC asks": {
    ...DEFAULT_FORMAT,
    channels: [
      [255, 0],
      [255, 8],
      [255, 16],
    ],
  },
  "32 bits big-endian": { ...DEFAULT_FORMAT, bigEndian: true },
  "32 bits in the upper three bytes": {
    ...DEFAULT_FORMAT,
    channels: [
      [255, 24],
      [255, 16],
      [255, 8],
    ],
  },
  "32 bits spread over all bytes": {
    ...DEFAULT_FORMAT,
    channels: [
      [255, 24],
      [255, 12],
      [255, 0],
    ],
  },
  "16 bits 565": {
    bits: 16,
    depth: 16,
    bigEndian: false,
    channels: [
      [31, 11],
      [63, 5],
      [31, 0],
    ],
  },
  "16 bits 565 big-endian": {
    bits: 16,
    depth: 16,
    bigEndian: true,
    channels: [
      [31, 11],
      [63, 5],
      [31, 0],
    ],
  },
  "8 bits 332": {
    bits: 8,
    depth: 8,
    bigEndian: false,
    channels: [
      [7, 0],
      [7, 3],
      [3, 6],
    ],
  },
};

function expected(n: number, { channels }: WantedFormat): Uint32Array {
  const { data } = testPattern(n, SIZE);
  return Uint32Array.from({ length: SIZE.width * SIZE.height }, (_, i) =>
    channels.reduce(
      (all, [max, shift], c) => (all | (Math.floor((data[4 * i + c]! * max + 127) / 255) << shift)) >>> 0,
      0,
    ),
  );
}

describe.each(["raw", "copyrect", "hextile", "zrle"] as const)("%s", (encoding) => {
  test.each(Object.entries(FORMATS))("decodes to the test picture in %s", async (_, format) => {
    await using server = await startFakeVnc({ size: SIZE, encoding });
    using client = await RfbClient.connect(server.port);
    await client.handshake("3.8");
    client.setFormat(format);
    client.setEncodings(NUMBER[encoding]);
    client.requestUpdate(false);
    await client.readUpdate();
    expect(client.pixels).toEqual(expected(0, format));
    for (const n of [1, 2, 3, 40, 999_999]) {
      client.requestUpdate(true);
      server.showPattern(n);
      const rects = await client.readUpdate();
      expect(client.pixels).toEqual(expected(n, format));
      expect(rects.map((rect) => rect.encoding)).toContain(NUMBER[encoding]);
    }
  });

  test.each(["3.3", "3.7", "3.8"] as const)("decodes to the test picture over RFB %s", async (version) => {
    await using server = await startFakeVnc({ size: SIZE, encoding, version });
    using client = await RfbClient.connect(server.port);
    await client.handshake(version);
    client.setEncodings(NUMBER[encoding]);
    client.requestUpdate(false);
    await client.readUpdate();
    expect(client.pixels).toEqual(expected(0, DEFAULT_FORMAT));
    expect(server.received("version")).toEqual([{ connection: 0, version }]);
  });
});

test("the client's first known encoding is used when none is prescribed, together with CopyRect", async () => {
  await using server = await startFakeVnc({ size: SIZE });
  using client = await RfbClient.connect(server.port);
  await client.handshake("3.8");
  client.setEncodings(1, 7, 16, 5, 0);
  client.requestUpdate(false);
  expect((await client.readUpdate()).map(({ encoding }) => encoding)).toEqual([16]);
  client.requestUpdate(true);
  server.showPattern(1);
  const encodings = (await client.readUpdate()).map(({ encoding }) => encoding);
  expect(encodings[0]).toBe(1);
  expect(new Set(encodings.slice(1))).toEqual(new Set([16]));
  expect(client.pixels).toEqual(expected(1, DEFAULT_FORMAT));
});

test("a prescribed encoding that the client does not take gives way to Raw", async () => {
  await using server = await startFakeVnc({ size: SIZE, encoding: "zrle" });
  using client = await RfbClient.connect(server.port);
  await client.handshake("3.8");
  client.setEncodings(5, 0);
  client.requestUpdate(false);
  expect((await client.readUpdate()).map(({ encoding }) => encoding)).toEqual([0]);
});

test("changing the format and the encoding in mid-stream keeps one zlib stream", async () => {
  await using server = await startFakeVnc({ size: SIZE });
  using client = await RfbClient.connect(server.port);
  await client.handshake("3.8");
  for (const [n, encoding] of [16, 5, 16, 0, 16].entries()) {
    const format = n % 2 === 0 ? DEFAULT_FORMAT : FORMATS["16 bits 565"]!;
    client.setFormat(format);
    client.setEncodings(encoding);
    server.showPattern(n);
    client.requestUpdate(false);
    await client.readUpdate();
    expect(client.pixels).toEqual(expected(n, format));
  }
});
