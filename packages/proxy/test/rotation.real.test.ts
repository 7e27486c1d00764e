import { execFile } from "node:child_process";
import { readdir, readFile, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { gunzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { TestFolder } from "./support/folder.ts";
import { ADMIN_KEY, TestGateway } from "./support/gateway.ts";

const run = promisify(execFile);
const document = new URL("../../../docs/audit.md", import.meta.url);

/** How often the file is rotated: the second time, logrotate packs the first one. */
const ROTATIONS = 3;

/** Debian has logrotate where only root looks for it. */
const env = { ...process.env, PATH: `${process.env["PATH"] ?? ""}:/usr/sbin` };

/** The numbers of the lines in all files of the trail. */
async function numbersIn(folder: string): Promise<readonly number[]> {
  const names = (await readdir(folder)).filter((name) => name.startsWith("audit.jsonl"));
  const texts = names.map(async (name) => {
    const bytes = await readFile(join(folder, name));
    return String(name.endsWith(".gz") ? gunzipSync(bytes) : bytes);
  });
  const lines = (await Promise.all(texts)).flatMap((text) => text.split("\n").filter((line) => line !== ""));
  return lines.map((line) => (JSON.parse(line) as { seq: number }).seq).toSorted((a, b) => a - b);
}

test("logrotate loses no line with the configuration that the document shows", async () => {
  await using folder = await TestFolder.create();
  const path = join(folder.path, "audit.jsonl");
  const [, example = ""] =
    /```text\n(\/var\/log\/curfew\/audit\.jsonl \{.*?\})\n```/s.exec(String(await readFile(document))) ?? [];
  expect(example).toContain("compress");
  const file = join(folder.path, "logrotate.conf");
  await writeFile(file, `${example.replace("/var/log/curfew/audit.jsonl", path)}\n`, { mode: 0o644 });
  let asked = 0;
  {
    await using gateway = await TestGateway.start({ config: { audit: { path } } });
    const rotated = new AbortController();
    const ask = async (): Promise<void> => {
      while (!rotated.signal.aborted) {
        const headers = { Authorization: `Bearer ${ADMIN_KEY}` };
        expect((await fetch(`${gateway.adminUrl}/v1/sessions`, { headers })).status).toBe(200);
        asked += 1;
      }
    };
    const asking = Promise.all([ask(), ask()]);
    for (let count = 0; count < ROTATIONS; count += 1) {
      // The gateway has followed the last rotation: the example leaves an empty file as it is.
      await expect.poll(async () => (await stat(path).catch(() => undefined))?.size).toBeGreaterThan(0);
      await run("logrotate", ["--force", "--state", join(folder.path, "state"), file], { env });
    }
    rotated.abort();
    await asking;
  }
  expect((await readdir(folder.path)).filter((name) => name.startsWith("audit."))).toEqual(
    expect.arrayContaining(["audit.jsonl.1", "audit.jsonl.2.gz", "audit.jsonl.3.gz"]),
  );
  const numbers = await numbersIn(folder.path);
  expect(numbers.length).toBeGreaterThan(asked);
  expect(numbers).toEqual(Array.from(numbers, (_, index) => index + (numbers[0] ?? 0)));
});

test.runIf(process.platform === "linux")("rsyslog accepts the configuration that the document shows", async () => {
  await using folder = await TestFolder.create();
  const [, example = ""] = /```text\n(module\(load="imtcp"\).*?)\n```/s.exec(String(await readFile(document))) ?? [];
  expect(example).toContain("input(");
  const file = join(folder.path, "rsyslog.conf");
  // A server has rules that say where lines go; without one, rsyslog refuses all.
  await writeFile(file, `${example}\n*.* ${join(folder.path, "all.log")}\n`);
  const { stderr } = await run("rsyslogd", ["-N1", "-f", file], { env });
  expect(stderr).not.toMatch(/error/i);
});
