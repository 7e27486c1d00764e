import { fdatasync, fstatSync, write } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { dirname } from "node:path";
import { promisify } from "node:util";
import { openWritable, type Writable } from "../writable.ts";

const [writeDescriptor, syncDescriptor] = [promisify(write), promisify(fdatasync)];

/** How long to wait for a reader that does not take more, in milliseconds. */
const RETRY_MS = 10;

/**
 * How often a file is looked at, {@link RETRY_MS} apart, without a change until a line that has no end is taken for one that
 * was cut off; and how often at most.
 */
const TORN_LOOKS = 10;
const MAX_LOOKS = 100;

/** `\n` */
const LINE_FEED = 0x0a;

/** Where the lines of an audit trail are appended. One call at a time is made. */
export interface AuditTarget {
  /** How much is written at once, unless one line is longer, in bytes. */
  readonly atOnce: number;
  /**
   * Called before lines are written. Opens what they go to, and closes a line that was begun and not completed.
   *
   * @throws Error when that fails.
   */
  prepare(): Promise<void>;
  /**
   * Appends bytes from `offset` on.
   *
   * @returns how many were written, which may be fewer, but not 0.
   */
  write(bytes: Buffer, offset: number): Promise<number>;
  /** Waits until what was written would outlive a loss of power. */
  sync(): Promise<void>;
  close(): Promise<void>;
  /** In place of {@link close} while a write hangs: nothing of it keeps the process from exiting, as far as that is possible. */
  abandon?(): void;
}

/**
 * A file that its owner alone may read. Before each write its path is looked at: after a rotation the lines go to the new
 * file, and none is lost. Several processes may append to it, because each write has whole lines (`O_APPEND`).
 */
export class AuditFile implements AuditTarget {
  readonly atOnce: number = 64 * 1024;
  readonly #path: string;
  readonly #onBehind: (error: Error) => void;
  #handle: FileHandle | undefined;
  /** Whether lines go on to a file that was moved. */
  #isBehind = false;

  /** @param onBehind - the file was moved and no new one can be made: lines go on to the moved one. Called once. */
  constructor(path: string, onBehind: (error: Error) => void) {
    this.#path = path;
    this.#onBehind = onBehind;
  }

  async prepare(): Promise<void> {
    const handle = this.#handle === undefined ? await this.#open() : await this.#follow(this.#handle);
    // A process was killed within a write, or the disk became full within one, perhaps of another process.
    if (await isTorn(handle)) await handle.write("\n");
  }

  async write(bytes: Buffer, offset: number): Promise<number> {
    if (this.#handle === undefined) throw new Error("the audit file is not open");
    const { bytesWritten } = await this.#handle.write(bytes, offset);
    if (bytesWritten === 0) throw new Error("the file takes no more bytes");
    return bytesWritten;
  }

  async sync(): Promise<void> {
    await this.#handle?.datasync();
  }

  async close(): Promise<void> {
    const handle = this.#handle;
    this.#handle = undefined;
    await handle?.close();
  }

  async #open(): Promise<FileHandle> {
    const handle = await open(this.#path, "a+", 0o600);
    try {
      if (!(await handle.stat()).isFile()) throw new Error("expected a regular file");
      await syncFolder(this.#path);
      this.#handle = handle;
      this.#isBehind = false;
      return handle;
    } catch (error) {
      await handle.close();
      throw error;
    }
  }

  /** Opens the path again where it is another file now. */
  async #follow(handle: FileHandle): Promise<FileHandle> {
    const ours = await handle.stat();
    const isMoved = await stat(this.#path).then(
      (there) => there.ino !== ours.ino || there.dev !== ours.dev,
      (error: NodeJS.ErrnoException) => error.code === "ENOENT",
    );
    if (!isMoved) return handle;
    try {
      const next = await this.#open();
      await handle.close();
      return next;
    } catch (error) {
      // Perhaps the new file is not made yet: the old one has the lines until then. A removed one would lose them.
      if (ours.nlink === 0) throw error;
      if (!this.#isBehind) this.#onBehind(error as Error);
      this.#isBehind = true;
      return handle;
    }
  }
}

/** A new file would otherwise be gone after a loss of power, with all its lines. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(dirname(path), "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Whether the last line has no end, and none is about to come: another process may be in the middle of a write. */
async function isTorn(handle: FileHandle): Promise<boolean> {
  let [before, unchanged] = [0, 0];
  for (let looks = 0; looks < MAX_LOOKS && unchanged < TORN_LOOKS; looks += 1) {
    const { size } = await handle.stat();
    if (size === 0 || (await lastByte(handle, size)) === LINE_FEED) return false;
    unchanged = size === before ? unchanged + 1 : 0;
    before = size;
    await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
  }
  return true;
}

async function lastByte(handle: FileHandle, size: number): Promise<number | undefined> {
  const { buffer, bytesRead } = await handle.read(Buffer.alloc(1), 0, 1, size - 1);
  return bytesRead === 1 ? buffer[0] : LINE_FEED;
}

/** A descriptor of this process, such as standard output. A reader that takes no more keeps no thread waiting. */
export class AuditDescriptor implements AuditTarget {
  /** The largest write to a pipe that is atomic on Linux (`PIPE_BUF` in pipe(7)). */
  readonly atOnce: number = 4096;
  readonly #target: Writable;
  #isTorn = false;

  constructor(fd: number) {
    this.#target = openWritable(fd);
  }

  async prepare(): Promise<void> {
    if (this.#isTorn) await this.write(Buffer.from("\n"), 0);
  }

  async write(bytes: Buffer, offset: number): Promise<number> {
    for (;;) {
      try {
        this.#target.prepare();
        const length = bytes.length - offset;
        const { bytesWritten } = await writeDescriptor(this.#target.fd, bytes, offset, length, null);
        this.#isTorn = bytes[offset + bytesWritten - 1] !== LINE_FEED;
        return bytesWritten;
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code !== "EAGAIN") throw error;
        await new Promise((resolve) => setTimeout(resolve, RETRY_MS).unref());
      }
    }
  }

  async sync(): Promise<void> {
    // A pipe, a socket and a terminal keep nothing.
    if (fstatSync(this.#target.fd).isFile()) await syncDescriptor(this.#target.fd);
  }

  async close(): Promise<void> {}
}
