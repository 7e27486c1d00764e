import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import type { Readable } from "node:stream";
import { createGunzip } from "node:zlib";
import { AUDIT_EVENTS, AUDIT_FIELDS, type AuditEntry, type AuditField } from "./entry.ts";

/** What a rotated file's name has after that of the file: `.1`, `.2.gz`, `-20261101`, `-20261101-1761955200.gz`. */
const ROTATED = /^[.-]\d[\d.-]*(?:\.gz)?$/;

/** The same of a file that another program has packed. */
const PACKED = /^[.-]\d[\d.-]*\.(?:xz|zst|bz2|lz4|lzma|Z|zip)$/;

/** How many lines at the start of a file are looked at to find one with a time. */
const MAX_FIRST = 100;

/** The longest line that is read, in characters: many times what the gateway writes. */
const MAX_LINE = 1024 * 1024;

/** A line that was read. */
export type ReadLine = AuditEntry & { readonly time: string };

/** The files of a trail. */
export interface AuditFiles {
  /** Those that can be read, the oldest first. */
  readonly paths: readonly string[];
  /** Rotated ones that cannot, each with the reason. */
  readonly leftOut: readonly string[];
}

interface FoundFile {
  readonly path: string;
  /** When its first line was written, or it was changed last if there is none, in milliseconds since the epoch. */
  readonly from: number;
}

/**
 * The audit file and its rotated ones, in the order of their first lines: a copy of them has other times. Of a file that is
 * being packed, the one that is not.
 *
 * @throws Error when there is none, or the named one cannot be read.
 */
export async function auditFiles(path: string): Promise<AuditFiles> {
  const [folder, name] = [dirname(path), basename(path)];
  const all = (await readdir(folder)).filter((each) => each.startsWith(name));
  const names = all.filter((each) => each === name || ROTATED.test(each.slice(name.length)));
  const leftOut = all
    .filter((each) => PACKED.test(each.slice(name.length)))
    .map((each) => `${join(folder, each)}: only .gz is unpacked`);
  const describe = async (each: string): Promise<FoundFile | undefined> => {
    if (names.includes(unpackedName(each))) return undefined;
    try {
      return await describeFile(join(folder, each), each === name);
    } catch (error) {
      if (each === name) throw error;
      leftOut.push(`${join(folder, each)}: ${(error as Error).message}`);
      return undefined;
    }
  };
  const found = (await Promise.all(names.map(describe))).filter((file) => file !== undefined);
  if (found.length === 0) throw new Error("there is no such file");
  return { paths: found.toSorted((a, b) => a.from - b.from).map((file) => file.path), leftOut };
}

/** Undefined for one that a rotation has moved meanwhile, and for a rotated one that is no file. */
async function describeFile(path: string, isNamed: boolean): Promise<FoundFile | undefined> {
  const found = await stat(path).catch((error: NodeJS.ErrnoException) => {
    if (error.code !== "ENOENT") throw error;
  });
  if (found === undefined || !(isNamed || found.isFile())) return undefined;
  // What is no file can be read only once.
  const first = found.isFile() ? await firstTime(path).catch(() => undefined) : undefined;
  return { path, from: first ?? found.mtimeMs };
}

/** The time of the first line of a file; undefined where none of the first lines can be read. */
async function firstTime(path: string): Promise<number | undefined> {
  let looked = 0;
  for await (const line of readAuditFile(path)) {
    looked += 1;
    if (line !== undefined) return Date.parse(line.time);
    if (looked >= MAX_FIRST) return undefined;
  }
  return undefined;
}

/** The name of a packed file before it was packed; empty for others. */
function unpackedName(path: string): string {
  return path.endsWith(".gz") ? basename(path, ".gz") : "";
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

/** The lines of several trails, each in its order, by their times: those of the gateways of a cluster. */
export async function* mergeTrails(
  trails: readonly AsyncGenerator<ReadLine | undefined>[],
): AsyncGenerator<ReadLine | undefined> {
  const heads = await Promise.all(trails.map(async (trail) => ({ trail, next: await trail.next() })));
  // What cannot be read has no time, and waits for nothing.
  const timeOf = ({ next }: (typeof heads)[number]): string => (next.value as ReadLine | undefined)?.time ?? "";
  for (;;) {
    const open = heads.filter(({ next }) => next.done !== true);
    const [first] = open.toSorted((a, b) => (timeOf(a) < timeOf(b) ? -1 : 1));
    if (first === undefined) return;
    yield first.next.value as ReadLine | undefined;
    first.next = await first.trail.next();
  }
}

/** As {@link readAuditFile}, of a stream. */
export async function* readAuditLines(input: Readable): AsyncGenerator<ReadLine | undefined> {
  let rest = "";
  let isTooLong = false;
  for await (const chunk of input.setEncoding("utf8") as AsyncIterable<string>) {
    const lines = (rest + chunk).split("\n");
    rest = lines.pop() ?? "";
    for (const line of lines) {
      if (isTooLong) yield undefined;
      else if (line !== "") yield parse(line);
      isTooLong = false;
    }
    isTooLong ||= rest.length > MAX_LINE;
    if (isTooLong) rest = "";
  }
  if (isTooLong) yield undefined;
  else if (rest !== "") yield parse(rest);
}

function parse(line: string): ReadLine | undefined {
  try {
    const entry: unknown = JSON.parse(line);
    return isLine(entry) ? entry : undefined;
  } catch {
    return undefined;
  }
}

/** Whether something is a line as the gateway writes it. Fields that a newer version has added may be anything. */
function isLine(entry: unknown): entry is ReadLine {
  if (typeof entry !== "object" || entry === null) return false;
  const { event, time, ...fields } = entry as Readonly<Record<string, unknown>>;
  if (typeof event !== "string" || !Object.hasOwn(AUDIT_EVENTS, event) || !hasType("time", time)) return false;
  for (const [name, value] of Object.entries(fields)) {
    const field = Object.hasOwn(AUDIT_FIELDS, name) ? AUDIT_FIELDS[name as keyof typeof AUDIT_FIELDS] : undefined;
    if (field !== undefined && !hasType(field.type, value)) return false;
  }
  return true;
}

function hasType(type: AuditField["type"], value: unknown): boolean {
  if (type === "integer" || type === "number") return typeof value === "number";
  if (type === "object") return typeof value === "object" && value !== null;
  return typeof value === "string" && (type === "string" || !Number.isNaN(Date.parse(value)));
}
