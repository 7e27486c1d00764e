import { mkdirSync, mkdtempSync, rmSync, symlinkSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { Readable } from "node:stream";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import type { AuditEntry } from "./entry.ts";
import { Gaps } from "./gaps.ts";
import { auditFiles, mergeTrails, readAuditFile, readAuditLines, type ReadLine } from "./read.ts";
import { type VisitFilter, Visits } from "./visits.ts";

let folder: string;
beforeEach(() => void (folder = mkdtempSync(join(tmpdir(), "curfew-visits-"))));
afterEach(() => rmSync(folder, { recursive: true }));

const at = (minute: number): string => `2026-11-01T12:${String(minute).padStart(2, "0")}:00.000Z`;
const line = (minute: number, event: AuditEntry["event"], fields: Partial<AuditEntry> = {}): ReadLine => ({
  ...fields,
  time: at(minute),
  event,
});

const alice = { session: "s-1", user: "alice", instance: "vm-1", client: "192.0.2.1", type: "vnc", token_id: "t-1" };
const bob = { session: "s-2", user: "bob", instance: "vm-2", client: "192.0.2.2", type: "serial", token_id: "t-2" };

const trail: readonly ReadLine[] = [
  line(0, "session_requested", alice),
  line(1, "session_opened", alice),
  line(2, "session_requested", bob),
  line(2, "session_ended", { ...bob, reason: "target_unreachable", detail: "the console does not answer" }),
  line(3, "renewal_requested", { ...alice, token_id: "t-9" }),
  line(3, "session_renewed", { ...alice, token_id: "t-9" }),
  line(4, "end_requested", { actor: "ops", client: "10.0.0.1", selection: { by: "instance", instance: "vm-1" } }),
  line(4, "session_ended", { ...alice, token_id: "t-9", reason: "session_terminated", bytes_to_client: 7 }),
  line(5, "session_requested", { ...bob, session: "s-3" }),
];

function visits(filter: VisitFilter = {}): Visits {
  const all = new Visits(filter);
  for (const each of trail) all.add(each);
  return all;
}

const ids = (filter: VisitFilter): readonly string[] => visits(filter).all.map(({ session }) => session);

test("a session has who, which console, from where, when, what ended it, and who ordered that", () => {
  const [first, second, third] = visits().all;
  expect(first).toMatchObject({
    ...alice,
    token_id: "t-9",
    requested_at: at(0),
    opened_at: at(1),
    ended_at: at(4),
    end: "session_terminated",
    ended_by: "ops",
    renewals: 1,
    bytes_to_client: 7,
  });
  expect(first?.events).toHaveLength(5);
  expect(second).toMatchObject({ opened_at: null, end: "target_unreachable", ended_by: null });
  expect(third).toMatchObject({ opened_at: null, ended_at: null, end: null });
});

test("sessions are filtered", () => {
  expect(ids({})).toEqual(["s-1", "s-2", "s-3"]);
  expect(ids({ user: "bob" })).toEqual(["s-2", "s-3"]);
  expect(ids({ instance: "vm-1" })).toEqual(["s-1"]);
  expect(ids({ session: "s-3" })).toEqual(["s-3"]);
  expect(ids({ since: Date.parse(at(3)) })).toEqual(["s-1", "s-3"]);
  expect(ids({ until: Date.parse(at(2)) })).toEqual(["s-1"]);
  expect(ids({ user: "carol" })).toEqual([]);
});

test.each<[ordered: Partial<AuditEntry> & { event: AuditEntry["event"] }, by: string | null]>([
  [{ event: "end_requested", selection: { by: "all" } }, "ops"],
  [{ event: "end_requested", selection: { by: "id", id: "s-1" } }, "ops"],
  [{ event: "end_requested", selection: { by: "user", user: "alice" } }, "ops"],
  [{ event: "end_requested", selection: { by: "user", user: "bob" } }, null],
  [{ event: "revocation_requested", token_id: "t-1" }, "ops"],
  [{ event: "revocation_requested", token_id: "t-2" }, null],
  [{ event: "lock_requested", subject: "instance", value: "vm-1" }, "ops"],
  [{ event: "lock_requested", subject: "user", value: "bob" }, null],
  [{ event: "lock_requested", subject: "token", value: "t-1" }, "ops"],
  [{ event: "lock_requested", subject: "token", value: "vm-1" }, null],
  [{ event: "lock_requested", subject: "address", value: "192.0.2.1" }, "ops"],
  [{ event: "lock_requested", subject: "address", value: "192.0.2.0/28" }, "ops"],
  [{ event: "lock_requested", subject: "address", value: "198.51.100.0/24" }, null],
  [{ event: "lock_requested", subject: "address", value: "no network" }, null],
])("the order %j ends a session: %s", ({ event, ...fields }, by) => {
  const all = new Visits({});
  all.add(line(0, "session_opened", alice));
  all.add(line(1, event, { ...fields, actor: "ops" }));
  all.add(line(1, "session_ended", { ...alice, reason: "session_terminated" }));
  expect(all.all[0]?.ended_by).toBe(by);
});

test("an order at a gateway whose clock is ahead by less than a second ends sessions at others", () => {
  const all = new Visits({});
  all.add({
    ...line(1, "session_ended", { ...alice, reason: "session_terminated" }),
    time: "2026-11-01T12:01:00.000Z",
  });
  all.add({ ...line(1, "session_ended", { ...bob, reason: "session_terminated" }), time: "2026-11-01T12:01:01.500Z" });
  const order = { actor: "ops", selection: { by: "all" } };
  all.add({ ...line(1, "end_requested", order), time: "2026-11-01T12:01:01.001Z" });
  expect(all.all.map(({ ended_by }) => ended_by)).toEqual([null, "ops"]);
});

test("the trails of several gateways are read by their times", async () => {
  const trails = [[0, 3, 4], [], [1, undefined, 2, 5]].map(async function* (minutes) {
    for (const minute of minutes) yield minute === undefined ? undefined : line(minute, "session_opened");
  });
  const read: (ReadLine | undefined)[] = [];
  for await (const each of mergeTrails(trails)) read.push(each);
  expect(read.map((each) => each?.time)).toEqual([at(0), at(1), undefined, at(2), at(3), at(4), at(5)]);
});

/** Session `s-1`, of a worker of a gateway. */
const running: readonly ReadLine[] = [
  line(0, "gateway_started", { run: "a", gateway: "a", pid: 1, host: "h", listen: ":6080" }),
  line(0, "gateway_started", { run: "a1", gateway: "a", pid: 2, host: "h", listen: ":6080" }),
  line(1, "session_requested", { ...alice, run: "a1", pid: 2 }),
  line(1, "session_opened", { ...alice, run: "a1", pid: 2 }),
];
const again = { run: "b", gateway: "b", pid: 3, host: "h", listen: ":6080" };

test.each<[what: string, lines: readonly ReadLine[], detail: string | null]>([
  ["the crash of its worker", [line(5, "worker_lost", { run: "a", worker: 2, detail: "SIGKILL" })], "crashed: SIGKILL"],
  ["the next start of its gateway", [line(5, "gateway_started", again)], "was killed or has crashed"],
  ["the stop of its process", [line(5, "gateway_stopped", { run: "a1" })], "has stopped"],
  ["the crash of another worker", [line(5, "worker_lost", { run: "a", worker: 9, detail: "SIGKILL" })], null],
  ["a gateway on another machine", [line(5, "gateway_started", { ...again, host: "i" })], null],
  ["a gateway on another port", [line(5, "gateway_started", { ...again, listen: ":6081" })], null],
  ["a second worker", [line(5, "gateway_started", { ...again, gateway: "a" })], null],
  [
    "a start that failed, because the gateway runs",
    [line(5, "gateway_started", again), line(5, "start_failed", { run: "b" })],
    null,
  ],
  [
    "what it did after that",
    [line(5, "gateway_started", again), line(6, "session_renewed", { ...alice, run: "a1" })],
    null,
  ],
])("a session whose end was not written has an unknown one: %s", (_what, lines, detail) => {
  const all = new Visits({});
  for (const each of [...running, ...lines]) all.add(each);
  const [visit] = all.all;
  const ended = { end: "unknown", ended_at: at(5), detail: expect.stringContaining(detail ?? "") as string };
  expect(visit).toMatchObject(detail === null ? { end: null, ended_at: null, detail: null } : ended);
});

test("where the system picks the port, no start is taken for that of the gateway before", () => {
  const all = new Visits({});
  for (const each of [...running, line(5, "gateway_started", again)]) {
    all.add({ ...each, ...(each.listen !== undefined && { listen: "127.0.0.1:0" }) });
  }
  expect(all.all[0]?.end).toBeNull();
});

test("a session of a process that was killed long ago is none that had not ended yet", () => {
  const lines = [...running, line(5, "gateway_started", again)];
  const since = (minute: number): number => {
    const all = new Visits({ since: Date.parse(at(minute)) });
    for (const each of lines) all.add(each);
    return all.all.length;
  };
  expect([since(4), since(6)]).toEqual([1, 0]);
});

test("rotated files are read, the oldest first, and other files are not", async () => {
  const path = join(folder, "audit.jsonl");
  const names = ["audit.jsonl.2.gz", "audit.jsonl-20261101", "audit.jsonl.1", "audit.jsonl"];
  for (const [index, name] of names.entries()) {
    const text = `${JSON.stringify(line(index, "gateway_started"))}\n`;
    writeFileSync(join(folder, name), name.endsWith(".gz") ? gzipSync(text) : text);
    // As a copy has them, which says nothing.
    utimesSync(join(folder, name), names.length - index, names.length - index);
  }
  for (const other of ["audit.jsonl.bak", "audit.jsonl2", "other.jsonl.1"]) writeFileSync(join(folder, other), "");
  for (const packed of ["audit.jsonl.3.xz", "audit.jsonl-20261001.zst"]) writeFileSync(join(folder, packed), "");
  symlinkSync(join(folder, "audit.jsonl.4"), join(folder, "audit.jsonl.4"));
  const { paths, leftOut } = await auditFiles(path);
  expect(paths.map((file) => basename(file))).toEqual(names);
  expect(leftOut.toSorted()).toEqual([
    `${path}-20261001.zst: only .gz is unpacked`,
    `${path}.3.xz: only .gz is unpacked`,
    expect.stringContaining(`${path}.4: ELOOP`),
  ]);
  const times: unknown[] = [];
  for (const file of paths) for await (const each of readAuditFile(file)) times.push(each?.time);
  expect(times).toEqual([at(0), at(1), at(2), at(3)]);
  await expect(auditFiles(join(folder, "none.jsonl"))).rejects.toThrow("there is no such file");
});

test("a line that was cut off, and what is no line of the trail, is told apart from the others", async () => {
  const whole = JSON.stringify(line(1, "gateway_started"));
  const text = `${whole}\n{"seq":2,"ti\n\ncurfew listens at http://127.0.0.1\n{"level":"info","time":"x"}\nnull\n${whole}`;
  const read: unknown[] = [];
  // In pieces, as they come from a file.
  for await (const each of readAuditLines(Readable.from([text.slice(0, 30), text.slice(30)]))) read.push(each?.event);
  expect(read).toEqual(["gateway_started", undefined, undefined, undefined, undefined, "gateway_started"]);
});

test.each<[what: string, line: object]>([
  ["a name that every object has", { event: "constructor" }],
  ["a time that is none", { event: "gateway_started", time: "soon" }],
  ["a selection that is none", { event: "end_requested", selection: null }],
  ["an id that is no text", { event: "session_ended", session: { toString: 1 } }],
  ["a number that is none", { event: "session_ended", session: "s", duration_ms: "1" }],
])("a line with %s is left out, and does not keep the others from being read", async (_what, fields) => {
  const lines = [{ time: at(1), ...fields }, line(2, "session_requested", { ...alice, run: "a" })];
  const all = new Visits({}, false);
  let unreadable = 0;
  for await (const each of readAuditLines(Readable.from(lines.map((entry) => `${JSON.stringify(entry)}\n`)))) {
    if (each === undefined) unreadable += 1;
    else all.add(each);
  }
  expect([unreadable, all.all.length, all.all[0]?.events]).toEqual([1, 1, []]);
});

test("a line that is longer than any of the gateway costs no more than its reading", async () => {
  const good = `${JSON.stringify(line(1, "gateway_started"))}\n`;
  const piece = "x".repeat(64 * 1024);
  const pieces = [good, ...Array.from({ length: 1000 }, () => piece), "\n", good, piece.repeat(17), piece];
  const read: unknown[] = [];
  for await (const each of readAuditLines(Readable.from(pieces))) read.push(each?.event);
  expect(read).toEqual(["gateway_started", undefined, "gateway_started", undefined]);
});

test("of a file that is being packed the one that is not is read, and no folder", async () => {
  const path = join(folder, "audit.jsonl");
  for (const name of ["audit.jsonl", "audit.jsonl.1", "audit.jsonl.1.gz", "audit.jsonl.2.gz"]) {
    writeFileSync(join(folder, name), "");
  }
  mkdirSync(join(folder, "audit.jsonl.3"));
  const files = await auditFiles(path);
  expect(files.paths.map((file) => basename(file)).toSorted()).toEqual([
    "audit.jsonl",
    "audit.jsonl.1",
    "audit.jsonl.2.gz",
  ]);
});

test("lines that are missing between others of a run are counted, whatever their order, and those at its ends are not", () => {
  const gaps = new Gaps();
  for (const seq of [7, 5, 9, 6]) gaps.add(line(1, "session_opened", { run: "a", seq }));
  for (const seq of [1, 2, 3]) gaps.add(line(1, "session_opened", { run: "b", seq }));
  expect(gaps.missing).toBe(1);
});

test("a packed file that is damaged is an error", async () => {
  const path = join(folder, "audit.jsonl.1.gz");
  writeFileSync(path, "no gzip");
  await expect(readAuditFile(path).next()).rejects.toThrow("incorrect header check");
});
