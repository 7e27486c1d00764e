import { execFile } from "node:child_process";
import { mkdir, mkdtempDisposable, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { blocksIn, readDocuments } from "./markdown.ts";

/** A unit that drop-ins change: what `systemctl edit` overrides. */
const BASE = "[Service]\nExecStart=/bin/true --old\n";

/** The programs of the examples are not installed. */
const PROGRAM = /^(ExecStart=)\S+/gmu;

/** The blocks of the documents that are for systemd. */
const examples = readDocuments().flatMap(({ path, text }) =>
  blocksIn(text)
    .filter(({ language, code }) => language === "ini" && /^\[(Unit|Service|Socket)\]$/mu.test(code))
    .map(({ line, code }) => ({ name: `${path}:${line}`, code })),
);

/** The files that a block is for: those that its comments name, or a drop-in. */
function filesOf(code: string): Readonly<Record<string, string>> {
  const named = [...code.matchAll(/^# (\S+\.(?:service|socket))\n([^#]*)/gmu)];
  const files = Object.fromEntries(named.map(([, name = "", content = ""]) => [name, content]));
  return named.length > 0 ? files : { "edited.service": BASE, "edited.service.d/override.conf": code };
}

test("the documents have examples for systemd", () => {
  expect(examples.map(({ name }) => name.split(":")[0])).toEqual(
    expect.arrayContaining(["docs/nova.md", "docs/websockify.md"]),
  );
});

test.runIf(process.platform === "linux").each(examples)("systemd accepts $name", async ({ code }) => {
  await using folder = await mkdtempDisposable(join(tmpdir(), "curfew-units-"));
  const files = Object.entries(filesOf(code));
  for (const [name, content] of files) {
    await mkdir(dirname(join(folder.path, name)), { recursive: true });
    await writeFile(join(folder.path, name), content.replace(PROGRAM, "$1/bin/true"));
  }
  const units = files.map(([name]) => join(folder.path, name)).filter((path) => !path.endsWith(".conf"));
  const { stdout, stderr } = await promisify(execFile)("systemd-analyze", ["verify", "--man=no", ...units]);
  expect(stdout + stderr).toBe("");
});
