import { startByteServer } from "@curfew/testing";
import { readFileSync } from "node:fs";
import { mkdir, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { runInNewContext } from "node:vm";
import { expect, test } from "vitest";
import { AdminClient } from "../src/admin/client.ts";
import { encodeRecordedFrame } from "../src/recording/websockify-format.ts";
import { Recorder } from "../src/recording/recorder.ts";
import { Recording } from "../src/recording/recording.ts";
import { RecordingDisk } from "../src/recording/recording-disk.ts";
import { createLogger } from "../src/telemetry/log.ts";
import type { SessionInfo } from "../src/telemetry/session-info.ts";
import { Client } from "./support/client.ts";
import { Command } from "./support/command.ts";
import { fillDisk, freeDisk } from "./support/full-disk.ts";
import { TestGateway } from "./support/gateway.ts";
import { TestFolder } from "./support/folder.ts";

const KEY = "the-key-of-the-admin-api";

/** Every byte, and what ends strings, lines and frames. */
const BYTES = Buffer.from([...Array(256).keys(), ...Buffer.from("'],\\\n{1{}2}EOF")]);

/** A recording as noVNC's playback reads it: a script, whose frames begin with their sender and time. */
function framesOf(script: string): { from: "target" | "client"; ms: number; bytes: Buffer }[] {
  const frames = runInNewContext(`${script}; VNC_frame_data`) as string[];
  expect(frames.pop()).toBe("EOF");
  return frames.map((frame) => {
    const [, mark = "", ms = "", bytes = ""] = /^([{}])(\d+)\1(.*)$/s.exec(frame) ?? [];
    return { from: mark === "{" ? "target" : "client", ms: Number(ms), bytes: Buffer.from(bytes, "latin1") };
  });
}

function bytesFrom(script: string, sender: "target" | "client"): Buffer {
  return Buffer.concat(framesOf(script).flatMap(({ from, bytes }) => (from === sender ? [bytes] : [])));
}

test("each session is recorded, in both directions and to its last byte, in a file that others cannot read", async () => {
  await using folder = await TestFolder.create();
  await using target = await startByteServer({ mode: "echo" });
  const files: string[] = [];
  {
    await using gateway = await TestGateway.start({ config: { record: join(folder.path, "console") } });
    const { token } = await gateway.token(target.address);
    for (const protocols of [["curfew.v1"], ["binary"]]) {
      using client = new Client(gateway.host, token, { protocols });
      client.socket.once("open", () => client.socket.send(BYTES));
      await client.bytes(BYTES.length);
    }
    const opened = gateway.logged("session opened");
    files.push(...opened.map(({ session }) => `console.${String(session)}`));
  }
  expect((await readdir(folder.path)).toSorted()).toEqual(files.toSorted());
  expect(files).toHaveLength(2);
  for (const file of files) {
    const path = join(folder.path, file);
    const script = await readFile(path, "utf8");
    expect(bytesFrom(script, "client")).toEqual(BYTES);
    expect(bytesFrom(script, "target")).toEqual(BYTES);
    expect((await stat(path)).mode & 0o777).toBe(0o600);
  }
});

test("closing waits until recordings are with the disk; each channel of a session has a file", async () => {
  await using folder = await TestFolder.create();
  const recorder = new Recorder(join(folder.path, "console"), createLogger("silent"));
  const session = { id: "one" } as SessionInfo;
  const bytes = Buffer.alloc(512 * 1024, BYTES);
  const taps = [recorder.record(session), recorder.record(session)];
  for (const tap of taps) {
    void tap.take(bytes);
    tap.end();
  }
  await recorder.close();
  for (const name of ["console.one", "console.one.2"]) {
    expect(bytesFrom(readFileSync(join(folder.path, name), "utf8"), "target")).toEqual(bytes);
  }
});

test("while the disk does not take the recordings of ended sessions, none begins", async () => {
  await using folder = await TestFolder.create();
  const recorder = new Recorder(join(folder.path, "console"), createLogger("silent"));
  const session = { id: "one" } as SessionInfo;
  for (let count = 0; count < 256; count += 1) recorder.record(session).end();
  expect(() => recorder.record(session)).toThrow(/256 recordings of sessions that have ended wait/);
  await recorder.close();
  recorder.record(session).end();
  await recorder.close();
});

test("bytes are written as websockify writes them", () => {
  const every = [...Array(256).keys()].map((byte) => encodeRecordedFrame("target", 0, Buffer.of(byte)).toString());
  expect(every.map((line) => (runInNewContext(`[${line}][0]`) as string).charCodeAt(3))).toEqual([
    ...Array(256).keys(),
  ]);
  expect(encodeRecordedFrame("target", 12.7, Buffer.from("\0\x1b[a'\\\r\n\t~\x7f\xff", "latin1")).toString()).toBe(
    "'{12{\\x00\\x1b[a\\'\\\\\\r\\n\\t~\\x7f\\xff',\n",
  );
  expect(encodeRecordedFrame("client", 0, Buffer.from("a")).toString()).toBe("'}0}a',\n");
});

test("without the folder the gateway does not start", async () => {
  await using folder = await TestFolder.create();
  const record = join(folder.path, "none", "console");
  await expect(TestGateway.start({ config: { record } })).rejects.toThrow(
    `record: files cannot be made in ${join(folder.path, "none")}: ENOENT`,
  );
});

test("a session that cannot be recorded ends", async () => {
  await using folder = await TestFolder.create();
  const records = join(folder.path, "records");
  await mkdir(records);
  await using target = await startByteServer({ mode: "echo" });
  await using gateway = await TestGateway.start({ config: { record: join(records, "console") } });
  const { token } = await gateway.token(target.address);
  await rm(records, { recursive: true });
  using client = new Client(gateway.host, token);
  await client.message("hello");
  await expect.poll(() => gateway.logged("a recording is incomplete")).toHaveLength(1);
  client.socket.send(BYTES);
  expect((await client.closed).reason).toBe("internal_error");
  expect(client.received).toBe(0);
  expect(gateway.logged("a recording is incomplete")).toMatchObject([{ level: "error", err: { code: "ENOENT" } }]);
});

test("a session ends when the disk is full", async () => {
  await using folder = await TestFolder.create();
  await using target = await startByteServer({ mode: "echo" });
  await using command = new Command(["serve", "--listen", "127.0.0.1:0", "--admin-listen", "127.0.0.1:0"], {
    CURFEW_ADMIN_KEY: KEY,
    CURFEW_TOKENS_PATH: ":memory:",
    CURFEW_RECORD: join(folder.path, "console"),
  });
  const [, host = ""] = await command.printed(/listens at http:\/\/(\S+)/);
  const [, url = ""] = await command.printed(/admin API at (\S+)/);
  const { token } = await new AdminClient({ url, key: KEY }).issueToken({ type: "serial", target: target.address });
  using client = new Client(host, token);
  await client.message("hello");
  client.socket.send(BYTES);
  await client.bytes(BYTES.length);
  await fillDisk(command.process.pid ?? 0);
  // Until the file's error is known, what passes is still on its way to the disk.
  const typing = setInterval(() => client.socket.send(Buffer.from("a")), 10);
  const { reason } = await client.closed;
  clearInterval(typing);
  expect(reason).toBe("internal_error");
  await freeDisk(command.process.pid ?? 0);
  command.process.kill("SIGTERM");
  expect(await command.exited).toBe(0);
  expect(command.stderr).toContain("a recording is incomplete");
});

test("target and client wait for the disk, and what comes all the same ends the recording at 8 MiB", async () => {
  await using folder = await TestFolder.create();
  const recording = new Recording(join(folder.path, "console"), new RecordingDisk());
  const piece = Buffer.alloc(64 * 1024);
  expect(recording.take(piece)).toBeUndefined();
  let held: Promise<void> | undefined;
  for (let count = 0; count < 16; count += 1) held ??= recording.take(piece);
  expect(recording.takeFromClient(piece)).toBeInstanceOf(Promise);
  await held;
  expect(recording.take(piece)).toBeUndefined();
  expect(() => {
    for (let count = 0; count < 64; count += 1) void recording.takeFromClient(piece);
  }).toThrow(/the disk is slow: \d+ bytes/);
  recording.end();
  await recording.closed;
});

test("a file that exists is not written to", async () => {
  await using folder = await TestFolder.create();
  const path = join(folder.path, "console");
  await writeFile(path, "earlier");
  await expect(new Recording(path, new RecordingDisk()).closed).rejects.toThrow("EEXIST");
  expect(await readFile(path, "utf8")).toBe("earlier");
});
