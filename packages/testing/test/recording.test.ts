import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { recordRfb, startFakeVnc, startVncPlayer } from "@curfew/testing";
import fc from "fast-check";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FOOTER, formatPiece, HEADER, parseRecording, type RecordedPiece } from "../src/recording/format.ts";
import { RfbClient } from "./rfb-client.ts";
import { TcpClient } from "./tcp-client.ts";

let folder: string;
let file: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "curfew-recording-"));
  file = join(folder, "session.js");
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** The same session with the server on this port: three updates in ZRLE, whose stream allows no lost byte. */
async function watch(port: number, next: (n: number) => void = () => {}): Promise<Uint32Array[]> {
  using client = await RfbClient.connect(port);
  await client.handshake("3.8", (challenge) => challenge);
  client.setEncodings(16);
  const pictures: Uint32Array[] = [];
  for (const n of [1, 2, 3]) {
    client.requestUpdate(n > 1);
    await client.readUpdate();
    pictures.push(client.pixels.slice());
    next(n);
  }
  return pictures;
}

/** Records a session with the fake server, and returns what was seen. */
async function record(): Promise<Uint32Array[]> {
  await using server = await startFakeVnc({ size: { width: 96, height: 64 } });
  await using recorder = await recordRfb({ target: server, file });
  const pictures = await watch(recorder.port, (n) => server.showPattern(n));
  await recorder.finished;
  return pictures;
}

describe("a recording", () => {
  test("plays the same pictures to every client", async () => {
    const seen = await record();
    expect(seen[0]).not.toEqual(seen[2]);
    await using player = await startVncPlayer(file, { speed: Infinity });
    expect(await watch(player.port)).toEqual(seen);
    expect(await watch(player.port)).toEqual(seen);
    const lengths = player.received("played").map(({ bytes }) => bytes);
    expect(lengths[1]).toBe(lengths[0]);
  });

  test("holds both directions in order, with the time of each piece", async () => {
    await record();
    const pieces = parseRecording(await readFile(file, "latin1"), file);
    expect(pieces.slice(0, 3).map(({ from, bytes }) => [from, bytes.toString("latin1")])).toEqual([
      ["server", "RFB 003.008\n"],
      ["client", "RFB 003.008\n"],
      ["server", "\x01\x01"],
    ]);
    const times = pieces.map(({ atMs }) => atMs);
    expect(times).toEqual(times.toSorted((a, b) => a - b));
  });

  test("waits in its handshake for the client's turn", async () => {
    await record();
    await using player = await startVncPlayer(file, { speed: Infinity });
    using client = await TcpClient.connect(player.port);
    await client.untilText("RFB 003.008\n");
    expect(player.connections[0]!.bytesSent).toBe(12);
    client.write("RFB 003.008\n");
    await client.until(({ length }) => length >= 14);
    client.write(Uint8Array.of(1, 1));
    await client.untilText("Curfew fake VNC");
    expect(player.received("played")).toEqual([]);
    client.write(Uint8Array.of(2, 0, 0, 0));
    await player.waitFor("played");
  });

  test("meets faults like any other server", async () => {
    await record();
    await using player = await startVncPlayer(file, { speed: Infinity, faults: [{ type: "close", at: 100 }] });
    await expect(watch(player.port)).rejects.toThrow("the server ended");
    expect(player.connections[0]!.bytesSent).toBe(100);
  });

  test("keeps its pauses, shortened by the speed", async () => {
    const lines = [
      ["server", 0, "RFB 003.003\n"],
      ["client", 0, "RFB 003.003\n"],
      ["server", 10, "\0\0\0\x01"],
      ["client", 10, "\x01"],
      ["server", 4_010, "init"],
    ] as const;
    const body = lines.map(([from, atMs, text]) => formatPiece({ from, atMs, bytes: Buffer.from(text) })).join("");
    await writeFile(file, HEADER + body + FOOTER);
    await using player = await startVncPlayer(file, { speed: 100 });
    using client = await TcpClient.connect(player.port);
    const started = performance.now();
    client.write("RFB 003.003\n\x01");
    await client.untilText("init");
    expect(performance.now() - started).toBeGreaterThanOrEqual(39);
  });

  test("of a console with a password is opened by any", async () => {
    await using server = await startFakeVnc({ password: "secret" });
    await using recorder = await recordRfb({ target: server.address, file });
    await expect(watch(recorder.port)).rejects.toThrow("refused: wrong password");
    await recorder.finished;
    await using player = await startVncPlayer(file);
    await expect(watch(player.port)).rejects.toThrow("refused: wrong password");
  });
});

describe("the recorder", () => {
  test("records one connection, and refuses the next", async () => {
    await using server = await startFakeVnc();
    await using recorder = await recordRfb({ target: server, file });
    using client = await RfbClient.connect(recorder.port);
    await client.handshake("3.8");
    await expect(TcpClient.connect(recorder.port)).rejects.toThrow("ECONNREFUSED");
  });

  test("completes its file when it is closed, with a connection or without one", async () => {
    await using server = await startFakeVnc();
    const idle = await recordRfb({ target: server, file });
    await idle.close();
    await idle.close();
    expect(await readFile(file, "utf8")).toBe(HEADER + FOOTER);
    const busy = await recordRfb({ target: server, file });
    using client = await TcpClient.connect(busy.port);
    await client.untilText("RFB 003.008\n");
    await busy.close();
    expect(parseRecording(await readFile(file, "latin1"), file)).toHaveLength(1);
  });

  test("says when the server is not there", async () => {
    await using server = await startFakeVnc({ faults: [{ type: "refuse" }] });
    const recorder = await recordRfb({ target: server, file });
    using client = await TcpClient.connect(recorder.port);
    await client.ended;
    await expect(recorder.finished).rejects.toThrow("ECONNREFUSED");
    await expect(recorder.close()).rejects.toThrow("ECONNREFUSED");
  });

  test("refuses what it cannot work with", async () => {
    await expect(recordRfb({ target: "nowhere", file })).rejects.toThrow('target is "nowhere"; expected host:port');
    await expect(recordRfb({ target: "a:1", file: join(folder, "none", "x") })).rejects.toThrow("ENOENT");
    await expect(recordRfb({ target: "a:1", file, port: -1 })).rejects.toThrow("port is -1; expected an integer");
  });
});

describe("the format", () => {
  const piece = fc.record({
    atMs: fc.nat(),
    from: fc.constantFrom("server" as const, "client" as const),
    bytes: fc.uint8Array({ minLength: 1 }).map((bytes) => Buffer.from(bytes)),
  });

  test("gives back what was written", () => {
    fc.assert(
      fc.property(fc.array(piece), (pieces: RecordedPiece[]) => {
        expect(parseRecording(HEADER + pieces.map(formatPiece).join("") + FOOTER, "x")).toEqual(pieces);
      }),
    );
  });

  test("is JavaScript that noVNC's playback page can load", () => {
    const text = HEADER + formatPiece({ atMs: 7.4, from: "server", bytes: Buffer.from("it's \\ \0\xe9", "latin1") });
    const frames = runInNewContext(`${text}${FOOTER} VNC_frame_data;`) as string[];
    expect([...frames]).toEqual(["{7{it's \\ \0\xe9", "EOF"]);
  });

  test("is read as websockify writes it", () => {
    const text = "var VNC_frame_data = [\n'{3{RFB 003.008\\n',\n'}12}\\x00\\t\\'\\\\',\n'EOF'];\n";
    expect(parseRecording(text, "x")).toEqual([
      { atMs: 3, from: "server", bytes: Buffer.from("RFB 003.008\n") },
      { atMs: 12, from: "client", bytes: Buffer.from("\0\t'\\") },
    ]);
  });

  test.each([
    ["", 'x is no recording: expected "var VNC_frame_data = [" near its beginning'],
    ["FBS 001.000\n", "x is no recording"],
    [HEADER.replace("1\n", "2\n") + FOOTER, 'x begins with "// curfew rfb recording 2"; expected'],
    [HEADER, `x is not complete: expected "'EOF'];" at its end`],
    [`${HEADER}'{0}a',\n${FOOTER}`, `x:3 is "'{0}a',"; expected '{ms{bytes', or '}ms}bytes',`],
    [`${HEADER}'{0{a\\u00e9',\n${FOOTER}`, String.raw`x:3 has \u; expected \xHH, \n, \r, \t, \\ or \'`],
  ])("%j is refused", (text, message) => {
    expect(() => parseRecording(text, "x")).toThrow(message);
  });

  test.each([
    ["", 'the client begins with ""; expected a protocol version of RFB 3'],
    ["'}0}RFB 003.008\\n\\x13',\n", "recorded with security type 19; expected 1 (none) or 2 (VNC)"],
  ])("a recording whose handshake is %j cannot be played", async (lines, message) => {
    await writeFile(file, HEADER + lines + FOOTER);
    await expect(startVncPlayer(file)).rejects.toThrow(`${file}: ${message}`);
  });
});

test("a speed that is none is refused", async () => {
  await record();
  await expect(startVncPlayer(file, { speed: 0 })).rejects.toThrow("speed is 0; expected a number above 0");
  await expect(startVncPlayer(join(folder, "none"))).rejects.toThrow("ENOENT");
});
