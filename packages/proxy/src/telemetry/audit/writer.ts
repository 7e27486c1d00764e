import type { AuditTarget } from "./target.ts";

/** How much may wait to be written, in characters. */
const MAX_WAITING = 4 * 1024 * 1024;

/** How long after a failure it is tried again, in milliseconds. */
const RETRY_MS = 1000;

/** How long the target may take for one batch, in milliseconds: less than the gateway waits for an observer. */
const HANGING_MS = 4000;

/** How long the last lines have when the gateway stops, and how long without any progress, in milliseconds. */
const CLOSING_MS = 5000;
const STALLED_MS = 1000;

let written = 0;
let lost = 0;

/** Audit lines of this process that were written, and those that were lost. */
export function auditLines(): { readonly written: number; readonly lost: number } {
  return { written, lost };
}

interface Line {
  /** A JSON object with at least one member. */
  readonly text: string;
  /** Set where something goes on only when the line is on the disk. */
  readonly waiter?: PromiseWithResolvers<void>;
  /** Set where the line tells of so many lost ones. */
  readonly tells?: number;
}

/** What an {@link AuditWriter} is made with. */
export interface AuditWriterOptions {
  readonly target: AuditTarget;
  /** Lines cannot be written, or are lost. Called once until all of them can be written again. */
  readonly onFailure: (error: Error) => void;
  /** All lines can be written again, after so many were lost. */
  readonly onResumed: (lines: number) => void;
  /** The line that says so, where some were lost. */
  readonly resumed: (lines: number) => string;
  /** Test seam, in characters. */
  readonly maxWaiting?: number;
  /** Test seams, in milliseconds. */
  readonly retryMs?: number;
  readonly hangingMs?: number;
  readonly closingMs?: number;
  readonly stalledMs?: number;
}

/**
 * Writes lines in order and numbers them in `seq`, outside the event loop, one write at a time. What waits is bounded: lines beyond that are lost
 * and counted. Lines that something waits for fail at once while the target cannot be written or does not answer; all
 * others are kept and tried again.
 */
export class AuditWriter {
  readonly #options: AuditWriterOptions;
  #waiting: Line[] = [];
  #length = 0;
  /** Whether a batch is under way or due. */
  #isBusy = false;
  /** When the batch under way was begun, on the monotonic clock. */
  #begunAt: number | undefined;
  /** Why the last batch was not written. */
  #failure: Error | undefined;
  /** Whether that, or a loss, was reported. */
  #isReported = false;
  /** Lost lines that the trail does not say yet, and those that it says since the last report. */
  #untold = 0;
  #told = 0;
  /** Number of the last line that was written. */
  #seq = 0;
  #retry: NodeJS.Timeout | undefined;
  /** From now on no line is taken. */
  #closed: PromiseWithResolvers<void> | undefined;
  /** While it closes: gives up where nothing is written any more. */
  #stalled: NodeJS.Timeout | undefined;

  constructor(options: AuditWriterOptions) {
    this.#options = options;
  }

  /**
   * Tells whether lines can be written.
   *
   * @throws Error saying why not.
   */
  check(): void {
    if (this.#failure !== undefined) throw this.#failure;
    const { hangingMs = HANGING_MS } = this.#options;
    if (this.#begunAt === undefined || performance.now() - this.#begunAt < hangingMs) return;
    throw new Error(`the audit trail could not be written for ${hangingMs / 1000} s`);
  }

  /** Queues a line: a JSON object. */
  append(text: string): void {
    if (this.#hasRoom(text)) this.#queue({ text });
    else this.#lose(new Error("too many lines of the audit trail wait to be written"));
  }

  /**
   * Queues a line, and waits until it is on the disk.
   *
   * @throws Error when it is not.
   */
  async appendSynced(text: string): Promise<void> {
    try {
      this.check();
      if (!this.#hasRoom(text)) throw new Error("too many lines of the audit trail wait to be written");
    } catch (error) {
      this.#lose(error as Error);
      throw error;
    }
    const waiter = Promise.withResolvers<void>();
    this.#queue({ text, waiter });
    await waiter.promise;
  }

  /** Opens the path again where it is another file now, although there is nothing to write. */
  reopen(): void {
    if (this.#closed === undefined) this.#start();
  }

  /** Writes what waits, as far as that is possible in time. */
  async close(): Promise<void> {
    const { closingMs = CLOSING_MS, stalledMs = STALLED_MS } = this.#options;
    const { promise, resolve } = (this.#closed ??= Promise.withResolvers());
    const timer = setTimeout(resolve, closingMs);
    this.#stalled = setTimeout(resolve, stalledMs);
    clearTimeout(this.#retry);
    this.#start();
    await promise;
    clearTimeout(timer);
    clearTimeout(this.#stalled);
    lost += this.#waiting.length;
    this.#waiting = [];
    const { target } = this.#options;
    // What hangs does not close, either.
    if (this.#isBusy) target.abandon?.();
    else await target.close().catch(ignore);
  }

  #hasRoom(text: string): boolean {
    return this.#closed === undefined && this.#length + text.length <= (this.#options.maxWaiting ?? MAX_WAITING);
  }

  #lose(why: Error): void {
    lost += 1;
    this.#untold += 1;
    this.#report(why);
  }

  #report(error: Error): void {
    if (this.#isReported) return;
    this.#isReported = true;
    this.#options.onFailure(error);
  }

  #reportResumed(): void {
    if (!this.#isReported) return;
    this.#isReported = false;
    this.#options.onResumed(this.#told);
    this.#told = 0;
  }

  #queue(line: Line): void {
    this.#waiting.push(line);
    this.#length += line.text.length;
    if (this.#failure === undefined) this.#start();
  }

  #start(): void {
    if (this.#isBusy) return;
    this.#isBusy = true;
    // What follows in the same turn is written together.
    setImmediate(() => void this.#run());
  }

  async #run(): Promise<void> {
    try {
      do await this.#write(this.#take());
      while (this.#waiting.length > 0 || this.#untold > 0);
      this.#isBusy = false;
      this.#reportResumed();
      this.#closed?.resolve();
    } catch (error) {
      this.#isBusy = false;
      this.#report(error as Error);
      if (this.#closed !== undefined) return this.#closed.resolve();
      this.#retry = setTimeout(() => this.#start(), this.#options.retryMs ?? RETRY_MS).unref();
    }
  }

  /** The next lines, after the one that tells of lost ones. There may be none: then the path is looked at. */
  #take(): readonly Line[] {
    const { resumed, target } = this.#options;
    let [count, bytes] = [0, 0];
    for (const { text } of this.#waiting) {
      bytes += Buffer.byteLength(text);
      if (count > 0 && bytes > target.atOnce) break;
      this.#length -= text.length;
      count += 1;
    }
    const lines = this.#waiting.splice(0, count);
    return this.#untold === 0 ? lines : [{ text: resumed(this.#untold), tells: this.#untold }, ...lines];
  }

  /** @throws Error when not all lines were written; those that can wait are then in the queue again. */
  async #write(lines: readonly Line[]): Promise<void> {
    const { target } = this.#options;
    const chunks = lines.map(({ text }, index) => Buffer.from(`{"seq":${this.#seq + 1 + index},${text.slice(1)}\n`));
    const bytes = Buffer.concat(chunks);
    let done = 0;
    this.#begunAt = performance.now();
    try {
      await target.prepare();
      while (done < bytes.length) {
        done += await target.write(bytes, done);
        this.#stalled?.refresh();
      }
      if (lines.some(({ waiter }) => waiter !== undefined)) await target.sync();
      this.#failure = undefined;
    } catch (error) {
      this.#failure = error as Error;
    }
    this.#begunAt = undefined;
    const whole = countWhole(chunks, done);
    written += whole;
    this.#seq += whole;
    for (const { tells = 0 } of lines.slice(0, whole)) {
      this.#untold -= tells;
      this.#told += tells;
    }
    if (this.#failure !== undefined) {
      this.#keep(lines, whole, this.#failure);
      throw this.#failure;
    }
    for (const { waiter } of lines) waiter?.resolve();
  }

  /** After a failure: what was waited for fails, as far as it is written, too; the rest is kept, in order. */
  #keep(lines: readonly Line[], whole: number, failure: Error): void {
    const unwritten = [...lines.slice(whole).filter(({ tells }) => tells === undefined), ...this.#waiting];
    for (const { waiter } of [...lines, ...this.#waiting]) waiter?.reject(failure);
    this.#waiting = unwritten.filter(({ waiter }) => waiter === undefined);
    this.#length = this.#waiting.reduce((length, { text }) => length + text.length, 0);
    for (let more = unwritten.length - this.#waiting.length; more > 0; more -= 1) this.#lose(failure);
  }
}

/** How many of the lines, one after the other, are within the first `bytes`. */
function countWhole(lines: readonly Buffer[], bytes: number): number {
  let [count, end] = [0, 0];
  for (const { length } of lines) {
    end += length;
    if (end > bytes) break;
    count += 1;
  }
  return count;
}

function ignore(): void {}
