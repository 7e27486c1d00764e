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
