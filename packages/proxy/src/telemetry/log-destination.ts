import { write, writeSync } from "node:fs";
import { LogFile } from "./log-file.ts";
import { openWritable, type Writable } from "./writable.ts";

/** How long lines are collected for one write, in milliseconds: sessions start and end in bursts. */
const GATHER_MS = 100;

/** The largest write to a pipe that is atomic on Linux (`PIPE_BUF` in pipe(7)), in bytes. */
const ATOMIC_WRITE = 4096;

/** How much may be queued for a slow reader, in characters. */
const MAX_WAITING = 4 * 1024 * 1024;

/** How long to wait for a reader that does not take more, in milliseconds. */
const RETRY_MS = 10;

/** How long the process waits for such a reader when it exits, in milliseconds. */
const EXIT_MS = 500;

/** Lines of this process that could not be written. */
let dropped = 0;

/** How many lines of this process' logs could not be written. */
export function droppedLogLines(): number {
  return dropped;
}

/** Counts lines that could not be sent. */
export function countDroppedLogLines(count: number): void {
  dropped += count;
}

/** Lines that are written together, as far as that is still to be done. */
interface Batch {
  readonly lines: number;
  readonly bytes: Buffer;
}

interface LogDestinationOptions {
  readonly shared?: boolean;
  readonly format?: (line: string) => string;
}

/**
 * Where log lines go. Writing happens outside the event loop, and lines that cannot be written are dropped and
 * counted: a full disk or a stalled reader must not keep a session open past its deadline, nor the process from exiting.
 */
export class LogDestination {
  readonly #target: Writable;
  readonly #format: (line: string) => string;
  readonly #atOnce: number;
  readonly #waiting: string[] = [];
  #length = 0;
  /** Dropped lines that the log does not say yet. */
  #unreported = 0;
  /** Whether a write is under way or due. */
  #writing = false;
  /** What a reader has not taken yet. */
  #stalled: Batch | undefined;
  /** When a write was begun last, on the monotonic clock. */
  #wroteAt = -Infinity;

  /**
   * @param target - a descriptor, or the path of a file to append to.
   * @param shared - whether other processes write to it, too; each write then consists of whole lines and is atomic.
   * @param format - how a line is written there.
   * @throws Error when the file cannot be opened.
   */
  constructor(target: number | string, { shared = false, format = asItIs }: LogDestinationOptions = {}) {
    this.#format = format;
    this.#target = typeof target === "string" ? new LogFile(target) : openWritable(target);
    this.#atOnce = shared ? ATOMIC_WRITE : Infinity;
    process.once("exit", () => this.#finish());
  }

  /** Queues a line, which includes its line feed. */
  write(text: string): void {
    const line = this.#format(text);
    if (this.#length + line.length > MAX_WAITING) return this.#drop(1);
    this.#waiting.push(line);
    this.#length += line.length;
    if (this.#writing) return;
    this.#writing = true;
    this.#gather();
  }

  #gather(): void {
    // A line after a silence is written at once: it may be the last one before the process is killed.
    if (performance.now() - this.#wroteAt > GATHER_MS) return void setImmediate(() => this.#next()).unref();
    // Does not keep the process alive: lines that are left at exit are written then.
    setTimeout(() => this.#next(), GATHER_MS).unref();
  }

  #next(): void {
    this.#wroteAt = performance.now();
    this.#put(this.#take());
  }

  /** At least one line. */
  #take(): Batch {
    let [count, bytes] = [0, 0];
    for (const line of this.#waiting) {
      bytes += Buffer.byteLength(line);
      if (count > 0 && bytes > this.#atOnce) break;
      this.#length -= line.length;
      count += 1;
    }
    return { lines: count, bytes: Buffer.from(this.#waiting.splice(0, count).join("")) };
  }

  #put(batch: Batch): void {
    this.#stalled = undefined;
    this.#target.prepare();
    write(this.#target.fd, batch.bytes, 0, batch.bytes.length, null, (error, written) => {
      if (error?.code === "EAGAIN") {
        this.#stalled = batch;
        return void setTimeout(() => this.#put(batch), RETRY_MS).unref();
      }
      if (error === null && written < batch.bytes.length) return this.#put(rest(batch, written));
      if (error !== null) this.#drop(batch.lines);
      // A write costs far more than a line does.
      if (this.#waiting.length > 0) return this.#length > this.#atOnce ? this.#next() : this.#gather();
      this.#writing = false;
      // Reported once there is room again.
      if (error === null && this.#unreported > 0) this.#reportLoss();
    });
  }

  #drop(lines: number): void {
    countDroppedLogLines(lines);
    this.#unreported += lines;
  }

  #reportLoss(): void {
    const line = { level: "warn", time: new Date().toISOString(), lines: this.#unreported, msg: "log lines were lost" };
    this.#unreported = 0;
    this.write(`${JSON.stringify(line)}\n`);
  }

  /** Writes the last lines before the process exits. A failure can no longer be reported. */
  #finish(): void {
    const until = performance.now() + EXIT_MS;
    try {
      if (this.#stalled !== undefined) this.#putNow(this.#stalled, until);
      while (this.#waiting.length > 0) this.#putNow(this.#take(), until);
    } catch {
      // The disk is full, or the reader has gone or does not read.
    }
  }

  /** @throws Error when it cannot be written in time. */
  #putNow(batch: Batch, until: number): void {
    for (let left = batch; left.bytes.length > 0;) {
      try {
        this.#target.prepare();
        left = rest(left, writeSync(this.#target.fd, left.bytes));
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN" || performance.now() > until) throw error;
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS);
      }
    }
  }
}

function rest({ lines, bytes }: Batch, written: number): Batch {
  return { lines, bytes: bytes.subarray(written) };
}

function asItIs(line: string): string {
  return line;
}
