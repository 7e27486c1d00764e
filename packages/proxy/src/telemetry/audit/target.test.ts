import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, renameSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { AuditFile } from "./target.ts";
import { AuditWriter } from "./writer.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "curfew-audit-"));
  path = join(folder, "audit.jsonl");
});
afterEach(() => rmSync(folder, { recursive: true }));

const unexpected = (error: Error): void => expect.unreachable(error.message);

const read = (file: string): string => readFileSync(file, "utf8");

async function write(file: AuditFile, text: string): Promise<void> {
  await file.prepare();
  expect(await file.write(Buffer.from(text), 0)).toBe(text.length);
}

test("a new file is readable by its owner only, and is appended to", async () => {
  const file = new AuditFile(path, unexpected);
  await write(file, "one\n");
  await file.sync();
  await file.close();
  const again = new AuditFile(path, unexpected);
  await write(again, "two\n");
  await again.close();
  expect(read(path)).toBe("one\ntwo\n");
  expect(statSync(path).mode & 0o777).toBe(0o600);
});

test("a line that was cut off is closed at the next start, and when another process cuts one off", async () => {
  writeFileSync(path, '{"whole":1}\n{"cut');
  const file = new AuditFile(path, unexpected);
  await write(file, "two\n");
  writeFileSync(path, '{"cut', { flag: "a" });
  await write(file, "three\n");
  await file.close();
  expect(read(path)).toBe('{"whole":1}\n{"cut\ntwo\n{"cut\nthree\n');
});

test("a line that another process is writing is not taken for one that was cut off", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout"] });
  try {
    writeFileSync(path, '{"begun');
    const file = new AuditFile(path, unexpected);
    const state = { isPrepared: false };
    const prepared = file.prepare().then(() => (state.isPrepared = true));
    while (vi.getTimerCount() === 0 && !state.isPrepared) await new Promise(setImmediate);
    writeFileSync(path, '":1}\n', { flag: "a" });
    while (!state.isPrepared) {
      vi.advanceTimersByTime(10);
      await new Promise(setImmediate);
    }
    await prepared;
    await file.close();
    expect(read(path)).toBe('{"begun":1}\n');
  } finally {
    vi.useRealTimers();
  }
});

test("a file that was moved or removed is made again", async () => {
  const file = new AuditFile(path, unexpected);
  await write(file, "one\n");
  renameSync(path, `${path}.1`);
  await write(file, "two\n");
  rmSync(path);
  await write(file, "three\n");
  await file.close();
  expect([read(`${path}.1`), read(path)]).toEqual(["one\n", "three\n"]);
});

test("a moved file is written on as long as no new one can be made; a removed one is not", async () => {
  const moved = join(folder, "moved");
  const said: string[] = [];
  const file = new AuditFile(path, ({ message }) => void said.push(message));
  await write(file, "one\n");
  renameSync(path, moved);
  // No file can be made where a symbolic link leads to a folder that does not exist.
  execFileSync("ln", ["-s", join(folder, "none", "file"), path]);
  await write(file, "two\n");
  await write(file, "three\n");
  expect(read(moved)).toBe("one\ntwo\nthree\n");
  expect(said).toEqual([expect.stringContaining("ENOENT")]);
  rmSync(moved);
  await expect(file.prepare()).rejects.toThrow("ENOENT");
  await file.close();
});

test("rotations under load lose no line, and change no order", async () => {
  const writer = new AuditWriter({
    target: new AuditFile(path, unexpected),
    onFailure: (error) => expect.unreachable(error.message),
    onResumed: () => {},
    resumed: () => "{}",
  });
  const COUNT = 2000;
  const files: string[] = [];
  for (let number = 1; number <= COUNT; number += 1) {
    writer.append(JSON.stringify({ number }));
    if (number % 100 === 0) await new Promise(setImmediate);
    if (number % 500 === 0) await writer.appendSynced(JSON.stringify({ number: "synced" }));
    if (number % 50 !== 0 || !existsSync(path)) continue;
    // While writes are under way.
    files.push(`${path}.${files.length + 1}`);
    renameSync(path, files.at(-1) ?? "");
  }
  await writer.appendSynced(JSON.stringify({ number: "last" }));
  await writer.close();
  const lines = [...files, path].flatMap((file) => read(file).trimEnd().split("\n"));
  const numbers = lines.map((line) => (JSON.parse(line) as { number: unknown }).number);
  expect(numbers.filter((number) => typeof number === "number")).toEqual(
    Array.from({ length: COUNT }, (_, index) => index + 1),
  );
  expect(files.length).toBeGreaterThanOrEqual(COUNT / 500);
});

test("what is no regular file is refused", async () => {
  await expect(new AuditFile(folder, unexpected).prepare()).rejects.toThrow("EISDIR");
  execFileSync("mkfifo", [path]);
  await expect(new AuditFile(path, unexpected).prepare()).rejects.toThrow("expected a regular file");
  await expect(new AuditFile(join(folder, "none", "file"), unexpected).prepare()).rejects.toThrow("ENOENT");
});
