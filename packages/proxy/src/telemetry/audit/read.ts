import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AUDIT_EVENTS, type AuditEntry } from "./entry.ts";

/** What a rotated file's name has after that of the file: `.1`, `.2.gz`, `-20261101`, `-20261101-1761955200.gz`. */
const ROTATED = /^[.-]\d[\d.-]*(?:\.gz)?$/;

/** A line that was read. */
export type ReadLine = AuditEntry & { readonly time: string };

/**
 * The audit file and its rotated ones, the oldest first.
 *
 * @throws Error when there is none.
 */
export async function auditFiles(path: string): Promise<readonly string[]> {
  const [folder, name] = [dirname(path), basename(path)];
  const names = (await readdir(folder)).filter(
    (each) => each === name || (each.startsWith(name) && ROTATED.test(each.slice(name.length))),
  );
  const files = await Promise.all(
    names.map(async (each) => ({ path: join(folder, each), changedAt: (await stat(join(folder, each))).mtimeMs })),
  );
  if (files.length === 0) throw new Error("there is no such file");
  return files.toSorted((a, b) => a.changedAt - b.changedAt).map((file) => file.path);
}

/**
 * Reads the lines of an audit file.
 *
 * @returns undefined for each one that cannot be read.
 */
export async function* readAuditFile(path: string): AsyncGenerator<ReadLine | undefined> {
  const file = createReadStream(path);
  if (!path.endsWith(".gz")) return yield* readAuditLines(file);
  const unpacked = createGunzip();
  file.on("error", (error) => unpacked.destroy(error)).pipe(unpacked);
  yield* readAuditLines(unpacked);
}

/** As {@link readAuditFile}, of a stream. */
export async function* readAuditLines(input: Readable): AsyncGenerator<ReadLine | undefined> {
  let rest = "";
  for await (const chunk of input.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) if (line !== "") yield parse(line);
  }
  if (rest !== "") yield parse(rest);
}

function parse(line: string): ReadLine | undefined {
  try {
    const entry = JSON.parse(line) as Partial<ReadLine> | null;
    const isEntry = typeof entry?.time === "string" && entry.event !== undefined && entry.event in AUDIT_EVENTS;
    return isEntry ? (entry as ReadLine) : undefined;
  } catch {
    return undefined;
  }
}
