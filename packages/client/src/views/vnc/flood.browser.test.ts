import { describe, expect, test, vi } from "vitest";
import { countFrames, flood } from "../../../test/flood.ts";
import { speakRfb } from "../../../test/fake-vnc.ts";
import { answer, color, vncFixture } from "../../../test/vnc-fixture.ts";
import type { VncConsole } from "./vnc-console.ts";

const { gateway, create, connected, nextSocket } = vncFixture();
/** A busy machine may take its time. */
const PATIENT = { timeout: 60_000 };
vi.setConfig({ testTimeout: 60_000 });
const MEBIBYTE = 1024 * 1024;
const CHUNK_BYTES = 64 * 1024;
const SIDE = 512;
const TIGHT = [0, 0, 0, 7];
const JPEG = 0x90;

type Paint = (context: OffscreenCanvasRenderingContext2D) => void;

/**
 * Updates of one JPEG in the Tight encoding, which noVNC has the browser decode. No two are the
 * same, because browsers keep what they have decoded.
 */
async function updatesOf(paint: Paint): Promise<(serial: number) => Uint8Array> {
  const canvas = new OffscreenCanvas(SIDE, SIDE);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("no 2d context");
  paint(context);
  const blob = await canvas.convertToBlob({ type: "image/jpeg", quality: 1 });
  const image = new Uint8Array(await blob.arrayBuffer());
  const comment = [0xff, 0xfe, 0, 6, 0, 0, 0, 0];
  const size = image.length + comment.length;
  const side = [SIDE >> 8, SIDE & 255];
  const compactSize = [(size & 0x7f) | 0x80, ((size >> 7) & 0x7f) | 0x80, size >> 14];
  const head = [0, 0, 0, 1, 0, 0, 0, 0, ...side, ...side, ...TIGHT, JPEG, ...compactSize];
  // The comment comes after the marker of the image's start.
  const bytes = new Uint8Array(head.length + size);
  bytes.set([...head, ...image.subarray(0, 2), ...comment]);
  bytes.set(image.subarray(2), head.length + 2 + comment.length);
  return (serial) => {
    new DataView(bytes.buffer).setUint32(head.length + 6, serial);
    return bytes;
  };
}

/** Much to send and to decode. */
const noise = await updatesOf((context) => {
  const pixels = context.createImageData(SIDE, SIDE);
  const row = SIDE * 4;
  for (let at = 0; at < pixels.data.length; at += row) crypto.getRandomValues(pixels.data.subarray(at, at + row));
  context.putImageData(pixels, 0, 0);
});
const blue = await updatesOf((context) => {
  context.fillStyle = "rgb(0 0 254)";
  context.fillRect(0, 0, SIDE, SIDE);
});
let serial = 0;

/** So many bytes of updates, in frames of the size that a gateway sends. */
function* updates(totalBytes: number): Generator<Uint8Array> {
  for (let sent = 0; sent < totalBytes; serial += 1) {
    const update = noise(serial);
    for (let at = 0; at < update.length; at += CHUNK_BYTES) yield update.subarray(at, at + CHUNK_BYTES);
    sent += update.length;
  }
}

/** Connected to a server that speaks no `curfew.v1`. */
async function degraded(): Promise<VncConsole> {
  const vnc = create();
  const opened = nextSocket();
  const connecting = vnc.connect();
  const socket = await opened;
  await Promise.resolve();
  socket.accept("binary");
  speakRfb(socket);
  await connecting;
  return vnc;
}

const turnsBlue = (vnc: VncConsole): Promise<void> =>
  vi.waitFor(async () => expect(await color(vnc)).toEqual([0, 0, 254]), PATIENT);

describe("a flood of pictures", () => {
  test("pauses the gateway before two mebibytes wait for the browser to decode, and lets it go on afterwards", async () => {
    const { vnc } = await connected();
    let sent = 0;
    for (const bytes of updates(8 * MEBIBYTE)) {
      if (gateway.socket.controls.length > 0) break;
      gateway.socket.deliver(bytes);
      sent += bytes.length;
    }
    expect(sent).toBeLessThanOrEqual(2 * MEBIBYTE);
    expect(gateway.socket.controls).toEqual([{ type: "pause" }]);
    await vi.waitFor(() => expect(gateway.socket.controls).toEqual([{ type: "pause" }, { type: "resume" }]), PATIENT);
    await vnc.close();
  });

  test("of 100 MB arrives whole, while the page goes on drawing and the machine still hears keys", async () => {
    const { vnc, machine } = await connected();
    const frames = countFrames();
    const { pauses } = await flood(gateway.socket, updates(100_000_000));
    expect(frames.stop()).toBeGreaterThan(20);
    expect(vnc.state.status).toBe("connected");
    expect(pauses).toBeGreaterThan(20);
    vnc.sendKey(0x61);
    await vi.waitFor(() => expect(machine.keys).toHaveLength(2), PATIENT);
    gateway.socket.deliver(blue(serial));
    await turnsBlue(vnc);
    expect(vnc.connection.statistics().bytesReceived).toBeGreaterThan(100_000_000);
    await vnc.close();
  }, 120_000);

  test("of a server that does not pause is drawn in its time, too", async () => {
    const vnc = await degraded();
    for (const bytes of updates(30 * MEBIBYTE)) gateway.socket.deliver(bytes);
    gateway.socket.deliver(blue(serial));
    await turnsBlue(vnc);
    expect(vnc.state.status).toBe("connected");
    await vnc.close();
  });

  test("of a server that does not pause ends the console when 40 MiB wait", async () => {
    const vnc = await degraded();
    let sent = 0;
    for (const bytes of updates(60 * MEBIBYTE)) {
      if (vnc.state.status !== "connected") break;
      gateway.socket.deliver(bytes);
      sent += bytes.length;
    }
    expect(sent).toBeGreaterThan(40 * MEBIBYTE);
    expect(sent).toBeLessThan(42 * MEBIBYTE);
    const detail = "the server sends faster than this browser draws: more than 41943040 bytes wait";
    expect(vnc.state).toMatchObject({ status: "closed", cause: { reason: "viewer_failed", action: "stop", detail } });
  });

  test("does not hide what noVNC cannot read", async () => {
    const { vnc } = await connected();
    for (const bytes of updates(MEBIBYTE)) gateway.socket.deliver(bytes);
    expect(vnc.state.status).toBe("connected");
    // A rectangle in the Tight encoding of a kind that there is not.
    gateway.socket.deliver(Uint8Array.of(0, 0, 0, 1, 0, 0, 0, 0, 0, 8, 0, 8, ...TIGHT, 0xf0));
    await vi.waitFor(() => expect(vnc.state.status).toBe("closed"), PATIENT);
    expect(vnc.state).toMatchObject({
      cause: { reason: "viewer_failed", detail: "noVNC could not process what the server sent" },
    });
  });

  test("does not hold a later connection back", async () => {
    const { vnc } = await connected();
    for (const bytes of updates(4 * MEBIBYTE)) gateway.socket.deliver(bytes);
    const socket = nextSocket();
    gateway.socket.end(1006);
    await answer(await socket);
    await vnc.connect();
    gateway.socket.deliver(blue(serial));
    await turnsBlue(vnc);
    expect(gateway.socket.controls).toEqual([]);
    await vnc.close();
  });
});

test("the noVNC that is installed tells, in private, what it has to draw", async () => {
  const { default: RFB } = await import("@novnc/novnc");
  const socket = new WebSocket("ws://127.0.0.1:9/");
  const rfb = new RFB(document.createElement("div"), socket);
  const { _display: display } = rfb;
  expect(display?.pending?.()).toBe(false);
  expect(display?.flush?.()).toBeInstanceOf(Promise);
  rfb.disconnect();
});
