import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, mkdtempSync, openSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { loadConfig } from "./config/load.ts";
import { Command } from "../test/support/command.ts";
import { readConfigFile, readFileOf } from "./read-file.ts";

let folder: string;
let path: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "curfew-read-"));
  path = join(folder, "file");
});
afterEach(() => rmSync(folder, { recursive: true }));

const bothRefuse = async (words: string): Promise<void> => {
  await expect(readConfigFile(path)).rejects.toThrow(words);
  expect(() => readFileOf("cluster.ca", path)).toThrow(`cluster.ca: ${path} cannot be read: ${words}`);
};

test("a file is read, and what is none is refused at once", async () => {
  writeFileSync(path, "text");
  expect([String(await readConfigFile(path)), readFileOf("cluster.ca", path)]).toEqual(["text", "text"]);
  rmSync(path);
  await bothRefuse("ENOENT");
  mkdirSync(path);
  await bothRefuse("EISDIR");
});

test.skipIf(process.platform === "win32")("a FIFO without a writer keeps nothing waiting", async () => {
  execFileSync("mkfifo", [path]);
  await bothRefuse("it is no regular file");
});

test("a file that is far too large is not read", async () => {
  closeSync(openSync(path, "w"));
  truncateSync(path, 4 * 1024 * 1024 + 1);
  await bothRefuse("it is larger than 4096 KiB");
  await expect(loadConfig({ file: path })).rejects.toThrow(`${path}: cannot be read: it is larger than 256 KiB`);
});

test.runIf(process.platform === "linux")("a file of the system's own without an end is not read to it", async () => {
  // Its size is 0.
  path = "/proc/self/pagemap";
  await bothRefuse("it is larger than 4096 KiB");
  const launcher = ["sh", "-c", 'cat /dev/zero | "$@"', "sh"];
  await using command = new Command(["config", "check", "--config", "/dev/stdin"], {}, { launcher });
  expect(await command.exited).toBe(1);
  expect(command.stderr).toContain("/dev/stdin: cannot be read: it is larger than 256 KiB");
});

test("a file that is no configuration is refused soon, in few and short lines", async () => {
  const problems = async (text: string): Promise<readonly string[]> => {
    writeFileSync(path, text);
    const error = await loadConfig({ file: path }).catch((each: unknown) => each as { problems?: readonly string[] });
    const { problems: lines = [] } = error as { problems?: readonly string[] };
    for (const line of lines) expect(line.length).toBeLessThan(2000);
    return lines;
  };
  const names = Array.from({ length: 10_000 }, (_, index) => `key${index}: ${index}`).join("\n");
  const unknown = await problems(names);
  expect([unknown.length, unknown[0], unknown.at(-1)]).toEqual([101, "key0: there is no such option", "and 9900 more"]);
  expect(await problems("listen: 127.0.0.1:1\nlisten: 127.0.0.1:2")).toEqual([
    `${path}: a key is there twice at line 2, column 1`,
  ]);
  const values = await problems(`targets: { allow: [${"5,".repeat(20_000)}] }`);
  expect([values.length, values.at(-1)]).toEqual([101, "and 19900 more"]);
  expect(await problems(`listen: ${"x".repeat(250_000)}`)).toHaveLength(1);
  expect(await problems(`${"x".repeat(250_000)}: 1`)).toHaveLength(1);
  // The library has an error for each; if each quoted its line, this would take minutes.
  for (const text of ["[".repeat(100_000), '"'.repeat(250_000)]) {
    const lines = await problems(text);
    expect(lines.length).toBeLessThanOrEqual(10);
    for (const line of lines) expect(line).toMatch(/ at line 1, column \d+$/);
  }
  const [long] = await problems(`key: *${"x".repeat(250_000)}`);
  expect(long?.length).toBeLessThan(1000);
  writeFileSync(path, "");
  await expect(loadConfig({ file: path, refusesEmpty: true })).rejects.toThrow("expected options, but it is empty");
  expect(await problems("# none yet\n")).toEqual([]);
  await loadConfig({ file: devNull });
  expect(await problems("listen: 127.0.0.1:1\n---\nlisten: 127.0.0.1:2")).toEqual([
    `${path}: expected one document, but got several`,
  ]);
});
