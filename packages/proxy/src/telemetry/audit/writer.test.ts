import { expect, test, vi } from "vitest";
import type { AuditTarget } from "./target.ts";
import { auditLines, AuditWriter, type AuditWriterOptions } from "./writer.ts";

/** A disk in memory that may be slow, full or hang. */
class FakeDisk implements AuditTarget {
  readonly atOnce = 200;
  text = "";
  /** How much of it would outlive a loss of power, and how often it was asked for that. */
  synced = "";
  syncs = 0;
  /** How many bytes it takes. */
  room = Infinity;
  /** How many of them at a time. */
  step = Infinity;
  /** What each write waits for. */
  gate: Promise<void> | undefined;

  get lines(): readonly Record<string, unknown>[] {
    return this.text
      .split("\n")
      .filter((line) => line.endsWith("}"))
      .map((line) => JSON.parse(line) as Record<string, unknown>);
  }

  get names(): readonly unknown[] {
    return this.lines.map(({ name }) => name);
  }

  async prepare(): Promise<void> {
    if (this.text !== "" && !this.text.endsWith("\n")) await this.write(Buffer.from("\n"), 0);
  }

  async write(bytes: Buffer, offset: number): Promise<number> {
    await this.gate;
    const length = Math.min(this.room, this.step, bytes.length - offset);
    if (length === 0) throw Object.assign(new Error("no space left"), { code: "ENOSPC" });
    this.text += bytes.subarray(offset, offset + length).toString();
    this.room -= length;
    return length;
  }

  async sync(): Promise<void> {
    this.syncs += 1;
    this.synced = this.text;
  }

  async close(): Promise<void> {}

  isAbandoned = false;

  abandon(): void {
    this.isAbandoned = true;
  }
}

const said: string[] = [];

function open(disk: FakeDisk, options: Partial<AuditWriterOptions> = {}): AuditWriter {
  said.length = 0;
  return new AuditWriter({
    target: disk,
    onFailure: ({ message }) => void said.push(message),
    onResumed: (lost) => void said.push(`resumed after ${lost}`),
    resumed: (lost) => JSON.stringify({ name: "resumed", lost }),
    retryMs: 1,
    ...options,
  });
}

function problemOf(writer: AuditWriter): string {
  try {
    writer.check();
    return "";
  } catch (error) {
    return String(error);
  }
}

const line = (name: string): string => JSON.stringify({ name });

test("lines are numbered and written in order, however few bytes the disk takes at a time", async () => {
  const disk = new FakeDisk();
  disk.step = 3;
  const writer = open(disk);
  const names = Array.from({ length: 50 }, (_, index) => `line ${index}`);
  for (const name of names) writer.append(line(name));
  await writer.close();
  expect(disk.lines).toEqual(names.map((name, index) => ({ seq: index + 1, name })));
  expect(disk.syncs).toBe(0);
});

test("lines that something waits for are on the disk first, and share a write", async () => {
  const disk = new FakeDisk();
  const writer = open(disk);
  await Promise.all(["a", "b", "c"].map((name) => writer.appendSynced(line(name))));
  expect(disk.synced).toBe(disk.text);
  expect([disk.names, disk.syncs]).toEqual([["a", "b", "c"], 1]);
});

test("on a full disk, what is waited for fails and the rest is kept; a line that was cut off is written again", async () => {
  const disk = new FakeDisk();
  const writer = open(disk);
  writer.append(line("whole"));
  await expect.poll(() => disk.names).toEqual(["whole"]);
  disk.room = 10;
  const before = auditLines();
  writer.append(line("cut off"));
  writer.append(line("kept"));
  await expect(writer.appendSynced(line("waited for"))).rejects.toThrow("no space left");
  await expect(writer.appendSynced(line("later"))).rejects.toThrow("no space left");
  expect(() => writer.check()).toThrow("no space left");
  expect(said).toEqual(["no space left"]);
  disk.room = Infinity;
  await expect.poll(() => said).toEqual(["no space left", "resumed after 2"]);
  expect(() => writer.check()).not.toThrow();
  await writer.appendSynced(line("next"));
  expect(disk.names).toEqual(["whole", "resumed", "cut off", "kept", "next"]);
  expect(disk.lines.map(({ seq }) => seq)).toEqual([1, 2, 3, 4, 5]);
  expect(disk.lines[1]).toMatchObject({ lost: 2 });
  expect(auditLines().lost - before.lost).toBe(2);
});

test("a line that is written but not synced fails as well", async () => {
  const disk = new FakeDisk();
  const writer = open(disk);
  disk.sync = async () => await Promise.reject(new Error("input/output error"));
  await expect(writer.appendSynced(line("a"))).rejects.toThrow("input/output error");
  expect(disk.names).toEqual(["a"]);
});

test("what waits is bounded, and what is lost is counted and said", async () => {
  const disk = new FakeDisk();
  const gate = Promise.withResolvers<void>();
  disk.gate = gate.promise;
  const writer = open(disk, { maxWaiting: 100 });
  writer.append(line("under way"));
  await new Promise(setImmediate);
  const before = auditLines();
  for (let count = 0; count < 1000; count += 1) writer.append(line("more"));
  await expect(writer.appendSynced(line("more"))).rejects.toThrow("too many lines");
  const lost = auditLines().lost - before.lost;
  expect(lost).toBe(1001 - Math.floor(100 / line("more").length));
  expect(said).toEqual(["too many lines of the audit trail wait to be written"]);
  gate.resolve();
  await expect.poll(() => said[1]).toBe(`resumed after ${lost}`);
  await writer.close();
  expect(disk.names.filter((name) => name === "more")).toHaveLength(1001 - lost);
});

test.each([{ closingMs: 1 }, { stalledMs: 1 }])(
  "a disk that hangs refuses what is waited for, and does not keep the gateway from stopping: %o",
  async (bounds) => {
    const disk = new FakeDisk();
    disk.gate = new Promise(() => {});
    const writer = open(disk, { hangingMs: 1, closingMs: 2 ** 31 - 1, stalledMs: 2 ** 31 - 1, ...bounds });
    writer.append(line("under way"));
    await expect.poll(() => problemOf(writer)).toContain("could not be written for");
    await expect(writer.appendSynced(line("a"))).rejects.toThrow("could not be written for");
    await writer.close();
    expect([disk.text, disk.isAbandoned]).toEqual(["", true]);
  },
);

test("a disk that is slow is waited for when the gateway stops", async () => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
  try {
    const disk = new FakeDisk();
    disk.step = 1;
    const writer = open(disk, { closingMs: 10_000, stalledMs: 100 });
    writer.append(line("a"));
    const closed = writer.close();
    while (disk.lines.length === 0) {
      const gate = Promise.withResolvers<void>();
      disk.gate = gate.promise;
      const { length } = disk.text;
      vi.advanceTimersByTime(99);
      gate.resolve();
      while (disk.text.length === length) await new Promise(setImmediate);
    }
    await closed;
    expect([disk.names, disk.isAbandoned]).toEqual([["a"], false]);
  } finally {
    vi.useRealTimers();
  }
});
