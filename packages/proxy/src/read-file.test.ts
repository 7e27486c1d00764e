import { execFileSync } from "node:child_process";
import { mkdtemp, rm, truncate, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { readFileOf } from "./read-file.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "curfew-read-file-"));
});
afterAll(() => rm(folder, { recursive: true }));

test("a file that cannot be read is named with its option, and none is waited for", async () => {
  const [whole, large, fifo] = ["whole", "large", "fifo"].map((name) => join(folder, name)) as [string, string, string];
  await writeFile(whole, "text");
  await writeFile(large, "");
  await truncate(large, 4 * 1024 * 1024 + 1);
  // Nothing writes to it: to open it would wait for that.
  execFileSync("mkfifo", [fifo]);
  expect(readFileOf("cluster.ca", whole)).toBe("text");
  const read = (path: string) => () => readFileOf("cluster.ca", path);
  expect(read("/no/such/file")).toThrow("cluster.ca: /no/such/file cannot be read: ENOENT");
  expect(read(folder)).toThrow(`cluster.ca: ${folder} cannot be read: EISDIR`);
  expect(read(large)).toThrow(`cluster.ca: ${large} cannot be read: it is larger than 4 MiB`);
  expect(read(fifo)).toThrow(`cluster.ca: ${fifo} cannot be read: it is no regular file`);
});
