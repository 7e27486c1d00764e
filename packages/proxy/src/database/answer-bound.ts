import type { Duplex } from "node:stream";

/**
 * Bounds what a database sends for one question: the drivers keep as many rows, and as long ones, as come. A connection that
 * brings more is ended.
 */
export class AnswerBound {
  readonly #maxBytes: number;
  #bytes = 0;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
  }

  /** Counts what a stream brings, from now on. */
  watch(stream: Duplex): void {
    stream.on("data", (chunk: Buffer) => {
      this.#bytes += chunk.length;
      if (this.#bytes > this.#maxBytes) {
        stream.destroy(new Error(`the database's answer has more than ${this.#maxBytes} bytes`));
      }
    });
  }

  /** What comes now answers another question. */
  begin(): void {
    this.#bytes = 0;
  }
}
