import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { recordRfb, startVncPlayer } from "@curfew/testing";
import { expect, test } from "vitest";
import { startTigerVnc } from "../../src/real/index.ts";
import { DEFAULT_FORMAT, RfbClient } from "../rfb-client.ts";

/** An X server takes its time on a busy machine. */
const TIMEOUT_MS = 60_000;

/** The whole screen of the server on this port, in ZRLE. */
async function picture(port: number): Promise<Uint32Array> {
  using client = await RfbClient.connect(port);
  await client.handshake("3.8");
  client.setFormat(DEFAULT_FORMAT);
  client.setEncodings(16);
  client.requestUpdate(false);
  await client.readUpdate();
  expect(client).toMatchObject({ width: 640, height: 400 });
  return client.pixels;
}

test(
  "a session with TigerVNC is recorded, and shows the same picture without it",
  { timeout: TIMEOUT_MS },
  async () => {
    const folder = await mkdtemp(join(tmpdir(), "curfew-recording-"));
    try {
      const file = join(folder, "tigervnc.js");
      const seen = await recordTigerVnc(file);
      expect(new Set(seen).size).toBeGreaterThan(4);
      await using player = await startVncPlayer(file, { speed: Infinity });
      expect(await picture(player.port)).toEqual(seen);
    } finally {
      await rm(folder, { recursive: true, force: true });
    }
  },
);

async function recordTigerVnc(file: string): Promise<Uint32Array> {
  await using server = await startTigerVnc({ width: 640, height: 400 });
  await using recorder = await recordRfb({ target: `${server.host}:${server.port}`, file });
  const seen = await picture(recorder.port);
  await recorder.finished;
  return seen;
}
