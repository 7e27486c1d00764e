import { execFileSync } from "node:child_process";
import { mkdtempSync, readFileSync, renameSync, rmSync, writeSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { LogFile } from "./log-file.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "curfew-log-"))));
afterEach(() => rmSync(folder, { recursive: true }));

/** Writes lines until they are in the file. */
async function writeTo(log: LogFile, path: string, line: string): Promise<void> {
  await expect
    .poll(() => {
      log.prepare();
      writeSync(log.fd, `${line}\n`);
      return readFileSync(path, "utf8");
    })
    .toContain(line);
}

test("lines are appended, and go to the path again after the file was moved or removed", async () => {
  const path = join(folder, "curfew.log");
  const log = new LogFile(path, 1);
  await writeTo(log, path, "one");
  renameSync(path, `${path}.1`);
  await writeTo(log, path, "two");
  rmSync(path);
  await writeTo(log, path, "three");
  expect(readFileSync(`${path}.1`, "utf8")).toMatch(/^one\n/);
  expect(readFileSync(path, "utf8")).not.toContain("two");
});

test("a file that cannot be opened is refused", () => {
  expect(() => new LogFile(join(folder, "none", "curfew.log"))).toThrow("ENOENT");
});

test.skipIf(process.platform === "win32")(
  "a FIFO that nothing reads is refused at once, also in place of the file",
  async () => {
    const [path, fifo] = [join(folder, "curfew.log"), join(folder, "fifo")];
    execFileSync("mkfifo", [fifo]);
    expect(() => new LogFile(fifo)).toThrow("ENXIO");
    const log = new LogFile(path, 1);
    const moved = `${path}.1`;
    renameSync(path, moved);
    renameSync(fifo, path);
    await writeTo(log, moved, "one");
    rmSync(path);
    await writeTo(log, path, "two");
  },
);
