import { closeSync, constants, createReadStream, fstatSync, openSync, readSync, type Stats } from "node:fs";
import { open } from "node:fs/promises";
import { devNull } from "node:os";

/** Size above which a file of the configuration is a mistake, in bytes: nova.conf with all its comments has half a million. */
const MAX_BYTES = 4 * 1024 * 1024;

/** How much is read at once, in bytes. */
const CHUNK_BYTES = 64 * 1024;

/** Opening a FIFO would otherwise wait for a writer. */
const FLAGS = constants.O_RDONLY | constants.O_NONBLOCK;

/** What a shell passes on, as in `--config <(program)`: it is open already, and not read again. */
const PASSED_ON = /^\/(?:dev\/(?:stdin$|fd\/)|proc\/)/;

/**
 * Reads a file of the configuration, which an operator may name by mistake: neither a FIFO nor a file that is far too large
 * stops the gateway, whose sessions run while it reloads.
 *
 * @param maxBytes - how large it may be.
 * @throws Error when it cannot be read, or is no regular file, or too large.
 */
export async function readConfigFile(path: string, maxBytes: number = MAX_BYTES): Promise<Buffer> {
  const handle = await open(path, FLAGS);
  try {
    const status = await handle.stat();
    const isPassedOn = path === devNull || (status.isFIFO() && PASSED_ON.test(path));
    if (!isPassedOn) check(status, maxBytes);
    // Opened again, to wait for what a program writes.
    const bytes = isPassedOn ? createReadStream(path) : handle.createReadStream({ start: 0, autoClose: false });
    return await readBounded(bytes, maxBytes);
  } finally {
    await handle.close();
  }
}

/** What the system makes up, such as `/proc/self/pagemap`, has a size of 0 and no end. */
async function readBounded(bytes: AsyncIterable<Buffer>, maxBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of bytes) {
    chunks.push(chunk);
    size += chunk.length;
    checkSize(size, maxBytes);
  }
  return Buffer.concat(chunks);
}

/**
 * The text of a file that an option names, at once.
 *
 * @throws Error naming the option and the file, otherwise as {@link readConfigFile}.
 */
export function readFileOf(option: string, path: string): string {
  try {
    const descriptor = openSync(path, FLAGS);
    try {
      check(fstatSync(descriptor), MAX_BYTES);
      return readToEnd(descriptor).toString();
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(`${option}: ${path} cannot be read: ${code ?? message}`, { cause });
  }
}

function readToEnd(descriptor: number): Buffer {
  const chunks: Buffer[] = [];
  for (let size = 0; ;) {
    const chunk = Buffer.alloc(CHUNK_BYTES);
    const length = readSync(descriptor, chunk);
    if (length === 0) return Buffer.concat(chunks);
    chunks.push(chunk.subarray(0, length));
    size += length;
    checkSize(size, MAX_BYTES);
  }
}

function check(status: Stats, maxBytes: number): void {
  // Reading a folder fails with a code of its own.
  if (!status.isFile() && !status.isDirectory()) throw new Error("it is no regular file");
  checkSize(status.size, maxBytes);
}

function checkSize(size: number, maxBytes: number): void {
  if (size > maxBytes) throw new Error(`it is larger than ${maxBytes / 1024} KiB`);
}
