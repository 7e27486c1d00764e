import { execFileSync } from "node:child_process";
import { closeSync, constants, openSync } from "node:fs";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterEach, expect, test, vi } from "vitest";
import { createLogger } from "../telemetry/log.ts";
import type { SessionInfo } from "../telemetry/session-info.ts";
import { Recorder } from "./recorder.ts";
import { Recording } from "./recording.ts";
import { RecordingDisk } from "./recording-disk.ts";
import { TestFolder } from "../../test/support/folder.ts";

afterEach(() => void vi.useRealTimers());

/** A file whose opening does not come back until {@link release} is called, as on a disk that hangs. */
async function hangingFile() {
  const folder = await TestFolder.create();
  const path = join(folder.path, "fifo");
  execFileSync("mkfifo", [path]);
  const open = async (disk: RecordingDisk): Promise<void> => {
    closeSync(await promisify(disk.fs.open)(path, "w"));
  };
  let reader: number | undefined;
  return {
    folder: folder.path,
    open,
    // Stays open: a thread may begin with the other end only later.
    release: () => void (reader = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK)),
    [Symbol.asyncDispose]: async () => {
      if (reader !== undefined) closeSync(reader);
      await folder[Symbol.asyncDispose]();
    },
  };
}

test("calls to a disk that hangs leave threads for others, and go on when it answers", async () => {
  await using file = await hangingFile();
  const disk = new RecordingDisk(2);
  const hanging = Array.from({ length: 2 }, async () => await file.open(disk));
  const late = new Recording(join(file.folder, "late"), disk);
  late.end();
  // Of four threads; what was handed to them before is done before.
  for (let count = 0; count < 4; count += 1) await writeFile(join(file.folder, "other"), "");
  expect(await readdir(file.folder)).toEqual(["fifo", "other"]);
  file.release();
  await Promise.all(hanging);
  await late.closed;
  expect(await readdir(file.folder)).toEqual(["fifo", "late", "other"]);
});

test("after 10 s without an answer sessions that are recorded end, and none begins", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  await using file = await hangingFile();
  const disk = new RecordingDisk();
  const recorder = new Recorder(join(file.folder, "console"), createLogger("silent"), disk);
  const session = { id: "one" } as SessionInfo;
  const tap = recorder.record(session);
  const hanging = file.open(disk);
  vi.advanceTimersByTime(9999);
  expect(tap.take(Buffer.of(1))).toBeUndefined();
  vi.advanceTimersByTime(1);
  for (const record of [
    () => tap.take(Buffer.of(2)),
    () => tap.takeFromClient?.(Buffer.of(2)),
    () => recorder.record(session),
  ]) {
    expect(record).toThrow("the disk of the recordings has not answered for 10 s");
  }
  file.release();
  await hanging;
  expect(tap.take(Buffer.of(3))).toBeUndefined();
  tap.end();
  await recorder.close();
});
