import type { TargetReader } from "../../src/targets/reader.ts";

/** Keeps what a target sends. Its memory is small, so that a stream comes in many reads. */
export class KeepingReader implements TargetReader {
  readonly #memory = Buffer.alloc(16);
  readonly onread = {
    buffer: (): Buffer => this.#memory,
    callback: (length: number): boolean => this.#keep(Buffer.from(this.#memory.subarray(0, length)), "memory"),
  };
  text = "";
  /** How bytes came: into this reader's memory, or as chunks. */
  readonly ways = new Set<"memory" | "chunk">();
  /** Whether to read on after each read. */
  isReading = true;
  #changed: () => void = () => {};

  take(chunk: Buffer): boolean {
    return this.#keep(chunk, "chunk");
  }

  /** Waits until the text so far satisfies the condition. */
  async until(condition: (text: string) => boolean): Promise<void> {
    while (!condition(this.text)) await new Promise<void>((resolve) => (this.#changed = resolve));
  }

  #keep(bytes: Buffer, way: "memory" | "chunk"): boolean {
    this.text += bytes.toString("latin1");
    this.ways.add(way);
    this.#changed();
    return this.isReading;
  }
}
