import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { Tap } from "../relay/tap.ts";
import { encodeRecordedFrame, type FrameSender, RECORDING_END, RECORDING_START } from "./websockify-format.ts";

/** Above how many bytes that wait for the disk the target is held back. */
const HIGH_WATER_BYTES = 1024 * 1024;

/**
 * Above how many the recording gives up. A client cannot be held back, but sends little; what a target sends in one
 * read becomes at most 256 KiB.
 */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** The recording of one channel: a file that only the gateway's user can read, because people type passwords. */
export class Recording implements Tap {
  /** Fulfils when all of it is with the operating system; rejects when the file cannot be written. */
  readonly closed: Promise<void>;
  readonly #file: WriteStream;
  readonly #startedAt = performance.now();
  readonly #onEnd: () => void;
  #drained: PromiseWithResolvers<void> | undefined;

  /**
   * @param path - a file that must not exist.
   * @param onEnd - called when nothing more is recorded, before the last bytes are written.
   */
  constructor(path: string, onEnd: () => void = () => {}) {
    this.#onEnd = onEnd;
    this.#file = createWriteStream(path, { flags: "wx", mode: 0o600, highWaterMark: HIGH_WATER_BYTES });
    this.closed = finished(this.#file);
    this.#file
      .on("drain", () => {
        this.#drained?.resolve();
        this.#drained = undefined;
      })
      .on("error", (error) => this.#drained?.reject(error));
    this.#file.write(RECORDING_START);
  }

  take(bytes: Buffer): Promise<void> | undefined {
    if (this.#write("target", bytes)) return undefined;
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }

  takeFromClient(bytes: Buffer): void {
    this.#write("client", bytes);
  }

  end(): void {
    this.#onEnd();
    this.#file.end(RECORDING_END);
  }

  /** @returns false when the target has to wait. */
  #write(sender: FrameSender, bytes: Buffer): boolean {
    const { errored, writableLength } = this.#file;
    if (errored !== null) throw errored;
    if (writableLength > MAX_WAITING_BYTES) {
      throw new Error(`the disk is slow: ${writableLength} bytes of the recording wait for it`);
    }
    return this.#file.write(encodeRecordedFrame(sender, performance.now() - this.#startedAt, bytes));
  }
}
