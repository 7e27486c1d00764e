import { describe, expect, test, vi } from "vitest";
import { countFrames, flood } from "../../../test/flood.ts";
import { serialFixture, shows } from "../../../test/serial-fixture.ts";

const { gateway, connected } = serialFixture();
const CHUNK_BYTES = 64 * 1024;
const line = `${"all work and no play ".repeat(4)}\r\n`;
const chunk = new TextEncoder().encode(line.repeat(Math.ceil(CHUNK_BYTES / line.length))).subarray(0, CHUNK_BYTES);

/** So many bytes of output. */
function* output(totalBytes: number): Generator<Uint8Array> {
  for (let sent = 0; sent < totalBytes; sent += chunk.length) yield chunk;
}

describe("a flood of output", () => {
  test("pauses the gateway before a mebibyte waits for the terminal, and lets it go on afterwards", async () => {
    const serial = await connected();
    let sent = 0;
    while (gateway.socket.controls.length === 0 && sent < 8 * 1024 * 1024) {
      gateway.socket.deliver(chunk);
      sent += chunk.length;
    }
    expect(sent).toBeLessThanOrEqual(1024 * 1024);
    expect(gateway.socket.controls).toEqual([{ type: "pause" }]);
    await vi.waitFor(() => expect(gateway.socket.controls).toEqual([{ type: "pause" }, { type: "resume" }]));
    await serial.close();
  });

  test("of 100 MB arrives whole, while the page goes on drawing and the machine still hears keys", async () => {
    const serial = await connected();
    const frames = countFrames();
    const { pauses } = await flood(gateway.socket, output(100_000_000));
    expect(frames.stop()).toBeGreaterThan(20);
    expect(serial.state.status).toBe("connected");
    expect(pauses).toBeGreaterThan(20);
    serial.write("\u0003");
    expect(gateway.socket.sent.at(-1)).toEqual(Uint8Array.of(3));
    gateway.socket.deliver(new TextEncoder().encode("\r\nthe end"));
    await shows(serial, "the end");
    expect(serial.connection.statistics().bytesReceived).toBeGreaterThan(100_000_000);
    await serial.close();
  }, 120_000);

  test.each(["curfew.v1", "binary"])(
    "of a server that does not pause loses its oldest part, which the terminal says, and no more (%s)",
    async (protocol) => {
      const serial = await connected({}, 60_000, protocol);
      gateway.socket.deliver(new TextEncoder().encode("first\r\n"));
      // In one go: xterm.js has no time in between. Carriage returns keep all of it on the screen.
      const returns = new Uint8Array(CHUNK_BYTES).fill(13);
      for (let sent = 0; sent < 80_000_000; sent += CHUNK_BYTES) gateway.socket.deliver(returns);
      gateway.socket.deliver(new TextEncoder().encode("\r\nthe end"));
      expect(serial.state.status).toBe("connected");
      await shows(serial, "the end");
      const told = /^first\n\n?\[(\d+\.\d) MB of output skipped\]\n\n?the end$/.exec(serial.transcript());
      // All but 16 MiB, and the half that xterm.js had taken already.
      expect(Number(told?.[1])).toBeCloseTo(62.7, 0);
      await serial.close();
    },
    30_000,
  );

  test("is not held back while the tab is hidden, whose terminal prints little, which would hold the machine up", async () => {
    const serial = await connected();
    const hidden = vi.spyOn(document, "hidden", "get").mockReturnValue(true);
    for (let sent = 0; sent < 2 * 1024 * 1024; sent += chunk.length) gateway.socket.deliver(chunk);
    expect(gateway.socket.controls).toEqual([]);
    hidden.mockReturnValue(false);
    while (gateway.socket.controls.length === 0) gateway.socket.deliver(chunk);
    hidden.mockReturnValue(true);
    document.dispatchEvent(new Event("visibilitychange"));
    expect(gateway.socket.controls).toEqual([{ type: "pause" }, { type: "resume" }]);
    hidden.mockRestore();
    await serial.close();
  });

  test("does not hold a later connection back", async () => {
    const serial = await connected();
    while (gateway.socket.controls.length === 0) gateway.socket.deliver(chunk);
    gateway.socket.end(1006);
    await vi.waitFor(() => expect(gateway.sockets).toHaveLength(2));
    await Promise.resolve();
    gateway.socket.accept();
    gateway.socket.session.hello(60_000);
    await serial.connect();
    gateway.socket.deliver(new TextEncoder().encode("\r\nback again"));
    await shows(serial, "back again");
    expect(gateway.socket.controls).toEqual([]);
    await serial.close();
  });
});
