/** A source of data that can be asked to pause. */
export interface PausableSource {
  /** @returns false if the source cannot pause. */
  pause(): boolean;
  resume(): void;
}

/** When a queue pauses its source and resumes it, in bytes that wait or are being processed. */
export interface WaterMarks {
  readonly high: number;
  readonly low: number;
}

/**
 * A queue between a fast source and a slow consumer. Bytes count until the consumer has finished with
 * them: above the high-water mark the source is asked to pause, at the low-water mark to resume.
 */
export class FlowControlledQueue<Chunk extends { readonly byteLength: number }> {
  readonly #source: PausableSource;
  readonly #marks: WaterMarks;
  readonly #chunks: Chunk[] = [];
  #queuedBytes = 0;
  #takenBytes = 0;
  #paused = false;

  constructor(source: PausableSource, marks: WaterMarks) {
    this.#source = source;
    this.#marks = marks;
  }

  /** Bytes that the consumer has not taken yet. */
  get queuedBytes(): number {
    return this.#queuedBytes;
  }

  /** Bytes that the consumer has taken and not finished. */
  get takenBytes(): number {
    return this.#takenBytes;
  }

  push(chunk: Chunk): void {
    this.#chunks.push(chunk);
    this.#queuedBytes += chunk.byteLength;
  }

  /** Removes the oldest chunk for processing; call {@link finish} when done. */
  take(): Chunk | undefined {
    const chunk = this.drop();
    this.#takenBytes += chunk?.byteLength ?? 0;
    return chunk;
  }

  /** Removes the oldest chunk without processing it. */
  drop(): Chunk | undefined {
    const chunk = this.#chunks.shift();
    this.#queuedBytes -= chunk?.byteLength ?? 0;
    return chunk;
  }

  /** The consumer has finished with `bytes` of those that it took. */
  finish(bytes: number): void {
    this.#takenBytes -= bytes;
  }

  /** Pauses or resumes the source. Call it when the consumer has taken all it can. */
  adjustFlow(): void {
    const bytes = this.#queuedBytes + this.#takenBytes;
    if (!this.#paused) {
      this.#paused = bytes > this.#marks.high && this.#source.pause();
    } else if (bytes <= this.#marks.low) {
      this.#paused = false;
      this.#source.resume();
    }
  }

  /** Discards what is queued. */
  clear(): void {
    this.#chunks.length = 0;
    this.#queuedBytes = 0;
  }
}
