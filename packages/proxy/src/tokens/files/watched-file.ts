import { type BigIntStats, constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import { SharedLook } from "./shared-look.ts";

/** How often a file that is written while it is read is read again before that counts as a failure. */
const MAX_ATTEMPTS = 5;

/** What a {@link WatchedFile} is made with. */
export interface WatchedFileOptions<T> {
  readonly path: string;
  /** A longer file is refused. */
  readonly maxBytes: number;
  /** May throw; the file is then read again when it has changed. */
  readonly parse: (text: string) => T | Promise<T>;
}

/**
 * The content of a file. Each use looks whether the file has changed, so that no version is used after it was replaced,
 * by rename, through a symbolic link, or in place.
 */
export class WatchedFile<T> {
  readonly #options: WatchedFileOptions<T>;
  #version: string | undefined;
  #content: Promise<T> | undefined;
  readonly #look = new SharedLook(async () => await this.#read());

  constructor(options: WatchedFileOptions<T>) {
    this.#options = options;
  }

  /**
   * What the file holds now.
   *
   * @throws Error naming the file when it cannot be read or is too long, and what `parse` throws.
   */
  async current(): Promise<T> {
    return await this.#look.result();
  }

  async #read(): Promise<T> {
    const { path } = this.#options;
    const version = describeVersion(
      await stat(path, { bigint: true }).catch((error: unknown) => unreadable(path, error)),
    );
    if (this.#content !== undefined && version === this.#version) return await this.#content;
    const { text, version: read } = await readAtRest(path, this.#options.maxBytes);
    this.#version = read;
    this.#content = (async () => await this.#options.parse(text))();
    return await this.#content;
  }
}

/**
 * Reads a file that is not written meanwhile: half of a line could name another address.
 *
 * @throws Error naming the file when it cannot be read, is too long, or is written all the time.
 */
export async function readAtRest(path: string, maxBytes: number): Promise<{ text: string; version: string }> {
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt += 1) {
    const found = await readOnce(path, maxBytes).catch((error: unknown) => unreadable(path, error));
    if (found !== undefined) return found;
  }
  throw new Error(`${path}: expected a file that is not written all the time`);
}

/** Undefined when the file was written while it was read. */
async function readOnce(path: string, maxBytes: number): Promise<{ text: string; version: string } | undefined> {
  // Without waiting for a writer, where the path is a pipe by mistake.
  const file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  try {
    return await readOpened(file, maxBytes);
  } finally {
    await file.close();
  }
}

async function readOpened(file: FileHandle, maxBytes: number): Promise<{ text: string; version: string } | undefined> {
  const before = await file.stat({ bigint: true });
  if (!before.isFile()) throw new Error("expected a file");
  if (before.size > maxBytes) throw new Error(`expected at most ${maxBytes} bytes`);
  const buffer = Buffer.alloc(Number(before.size) + 1);
  let length = 0;
  for (;;) {
    const { bytesRead } = await file.read(buffer, length, buffer.length - length);
    length += bytesRead;
    if (bytesRead === 0 || length === buffer.length) break;
  }
  const version = describeVersion(before);
  const isAtRest = length < buffer.length && describeVersion(await file.stat({ bigint: true })) === version;
  return isAtRest ? { text: buffer.toString("utf8", 0, length), version } : undefined;
}

function describeVersion({ dev, ino, size, mtimeNs, ctimeNs }: BigIntStats): string {
  return `${dev} ${ino} ${size} ${mtimeNs} ${ctimeNs}`;
}

function unreadable(path: string, cause: unknown): never {
  const { code, message } = cause as NodeJS.ErrnoException;
  throw new Error(`${path} cannot be read: ${code ?? message}`, { cause });
}
