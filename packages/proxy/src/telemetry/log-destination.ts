import { write, writeSync } from "node:fs";

/** How long lines are collected for one write, in milliseconds: sessions start and end in bursts. */
const GATHER_MS = 100;

/** The largest write to a pipe that is atomic on Linux (`PIPE_BUF` in pipe(7)), in bytes. */
const ATOMIC_WRITE = 4096;

/** How much may be queued for a slow reader, in characters. */
const MAX_WAITING = 4 * 1024 * 1024;

/**
 * Where log lines go. Writing happens outside the event loop, and lines that cannot be written are dropped and
 * counted: a full disk or a stalled reader must not keep a session open past its deadline.
 */
export class LogDestination {
  readonly #fd: number;
  readonly #atOnce: number;
  readonly #waiting: string[] = [];
  #length = 0;
  #lost = 0;
  /** Whether a write is under way or due. */
  #writing = false;

  /** @param shared - whether other processes write to it, too; each write then consists of whole lines and is atomic. */
  constructor(fd: number, { shared = false }: { readonly shared?: boolean } = {}) {
    this.#fd = fd;
    this.#atOnce = shared ? ATOMIC_WRITE : Infinity;
    process.once("exit", () => this.#finish());
  }

  /** Queues a line, which includes its line feed. */
  write(line: string): void {
    if (this.#length + line.length > MAX_WAITING) {
      this.#lost += 1;
      return;
    }
    this.#waiting.push(line);
    this.#length += line.length;
    if (this.#writing) return;
    this.#writing = true;
    this.#gather();
  }

  #gather(): void {
    // Does not keep the process alive: lines that are left at exit are written then.
    setTimeout(() => this.#next(), GATHER_MS).unref();
  }

  #next(): void {
    const lines = this.#take();
    this.#put(Buffer.from(lines.join("")), 0, lines.length);
  }

  /** The lines of one write, at least one. */
  #take(): readonly string[] {
    let [count, bytes] = [0, 0];
    for (const line of this.#waiting) {
      bytes += Buffer.byteLength(line);
      if (count > 0 && bytes > this.#atOnce) break;
      this.#length -= line.length;
      count += 1;
    }
    return this.#waiting.splice(0, count);
  }

  #put(text: Buffer, from: number, lines: number): void {
    write(this.#fd, text, from, text.length - from, null, (error, written) => {
      if (error !== null && error.code === "EAGAIN") return void setTimeout(() => this.#put(text, from, lines), 10);
      if (error === null && from + written < text.length) return this.#put(text, from + written, lines);
      if (error !== null) this.#lost += lines;
      // A write costs far more than a line does.
      if (this.#waiting.length > 0) return this.#length > this.#atOnce ? this.#next() : this.#gather();
      this.#writing = false;
      // Reported once there is room again.
      if (error === null && this.#lost > 0) this.#reportLoss();
    });
  }

  #reportLoss(): void {
    const line = { level: "warn", time: new Date().toISOString(), lines: this.#lost, msg: "log lines were lost" };
    this.#lost = 0;
    this.write(`${JSON.stringify(line)}\n`);
  }

  /** Writes the last lines before the process exits. A failure can no longer be reported. */
  #finish(): void {
    try {
      while (this.#waiting.length > 0) writeSync(this.#fd, this.#take().join(""));
    } catch {
      // The disk is full or the reader has gone.
    }
  }
}
