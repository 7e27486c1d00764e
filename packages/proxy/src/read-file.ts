import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { devNull } from "node:os";

/** Size above which a file of the configuration is a mistake, in bytes: nova.conf with all its comments has half a million. */
const MAX_BYTES = 4 * 1024 * 1024;

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
    if (path === devNull || (status.isFIFO() && PASSED_ON.test(path))) return await readFile(path);
    check(status, maxBytes);
    return await handle.readFile();
  } finally {
    await handle.close();
  }
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
      return readFileSync(descriptor, "utf8");
    } finally {
      closeSync(descriptor);
    }
  } catch (cause) {
    const { code, message } = cause as NodeJS.ErrnoException;
    throw new Error(`${option}: ${path} cannot be read: ${code ?? message}`, { cause });
  }
}

function check(status: Stats, maxBytes: number): void {
  // Reading a folder fails with a code of its own.
  if (!status.isFile() && !status.isDirectory()) throw new Error("it is no regular file");
  if (status.size > maxBytes) throw new Error(`it is larger than ${maxBytes / 1024 / 1024} MiB`);
}
