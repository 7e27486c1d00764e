import { createWriteStream, type WriteStream } from "node:fs";
import { finished } from "node:stream/promises";
import type { Tap } from "../relay/tap.ts";
import type { RecordingDisk } from "./recording-disk.ts";
import { encodeRecordedFrame, type FrameSender, RECORDING_END, RECORDING_START } from "./websockify-format.ts";

/** Above how many bytes that wait for the disk target and client are held back. */
const HIGH_WATER_BYTES = 1024 * 1024;

/** Above how many the recording gives up. What was read before the two are held back takes at most 512 KiB. */
const MAX_WAITING_BYTES = 8 * 1024 * 1024;

/** The recording of one channel: a file that only the gateway's user can read, because people type passwords. */
export class Recording implements Tap {
  /** Fulfils when all of it is with the operating system; rejects when the file cannot be written. */
  readonly closed: Promise<void>;
  readonly #disk: RecordingDisk;
  readonly #file: WriteStream;
  readonly #startedAt = performance.now();
  readonly #onEnd: () => void;
  #drained: PromiseWithResolvers<void> | undefined;

  /**
   * @param path - a file that must not exist.
   * @param onEnd - called when nothing more is recorded, before the last bytes are written.
   */
  constructor(path: string, disk: RecordingDisk, onEnd: () => void = () => {}) {
    this.#disk = disk;
    this.#onEnd = onEnd;
    const { fs } = disk;
    this.#file = createWriteStream(path, { flags: "wx", mode: 0o600, highWaterMark: HIGH_WATER_BYTES, fs });
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
    return this.#write("target", bytes);
  }

  takeFromClient(bytes: Buffer): Promise<void> | undefined {
    return this.#write("client", bytes);
  }

  end(): void {
    this.#onEnd();
    this.#file.end(RECORDING_END);
  }

  /** @returns what the sender has to wait for. */
  #write(sender: FrameSender, bytes: Buffer): Promise<void> | undefined {
    const { errored, writableLength } = this.#file;
    if (errored !== null) throw errored;
    this.#disk.check();
    if (writableLength > MAX_WAITING_BYTES) {
      throw new Error(`the disk is slow: ${writableLength} bytes of the recording wait for it`);
    }
    if (this.#file.write(encodeRecordedFrame(sender, performance.now() - this.#startedAt, bytes))) return undefined;
    this.#drained ??= Promise.withResolvers();
    return this.#drained.promise;
  }
}
