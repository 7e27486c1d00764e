import { constants } from "node:fs";
import { access, type FileHandle, open } from "node:fs/promises";
import { join } from "node:path";

/** Size above which a file is no secret but a mistake, in bytes. */
const MAX_BYTES = 64 * 1024;

/** What the name of a systemd credential (`LoadCredential=`) begins with. */
const CREDENTIAL = "credential:";

/** Permissions of users besides the owner and the group. */
const OTHERS = 0o006;

/** What a file held, and what an operator should know about it. */
export interface ReadSecret {
  readonly text: string;
  readonly warning: string | undefined;
}

/** The credentials of systemd. */
export interface Credentials {
  /** Where they are: `$CREDENTIALS_DIRECTORY`. */
  readonly folder: string | undefined;
  /** False where they are not refused although this process cannot read them. */
  readonly areNeeded: boolean;
}

/** In place of the value of a secret option until its file is read. */
export class SecretFile {
  readonly #option: string;
  readonly #file: unknown;
  readonly #value: unknown;

  /**
   * @param option - path of the option that names the file, such as `admin.key_file`.
   * @param file - its value as written.
   * @param value - value of the secret option in the same configuration, which may have only one of both.
   */
  constructor(option: string, file: unknown, value: unknown) {
    this.#option = option;
    this.#file = file;
    this.#value = value;
  }

  /** False for null, which takes nothing from a file. */
  get isGiven(): boolean {
    return this.#file !== null;
  }

  /** Path of the option whose value the file holds. */
  get path(): string {
    return this.#option.slice(0, -FILE_SUFFIX.length);
  }

  /**
   * Reads the file. A newline at its end is not part of the value.
   *
   * @returns undefined for a credential that only the service can read.
   * @throws Error naming the option and the file.
   */
  async read({ folder, areNeeded }: Credentials): Promise<ReadSecret | undefined> {
    const isReadable = areNeeded || (await canEnter(folder));
    const file = this.#locate(isReadable ? folder : "/");
    if (!isReadable && file !== this.#file) return undefined;
    try {
      // Opening a FIFO would otherwise wait for a writer.
      const handle = await open(file, constants.O_RDONLY | constants.O_NONBLOCK);
      try {
        const { text, mode } = await readText(handle);
        const isOpenToAll = (mode & OTHERS) !== 0;
        return { text, warning: isOpenToAll ? `${this.#option}: every user can read or change ${file}` : undefined };
      } finally {
        await handle.close();
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      throw new Error(`${this.#option}: ${file} ${DESCRIPTIONS[code ?? ""] ?? message}`, { cause: error });
    }
  }

  /** A problem with what the file holds. The words must not quote it. */
  describe(problem: string): string {
    return `${this.#option}: ${String(this.#file)} holds a wrong value: ${problem}`;
  }

  /** The value is not quoted where it is no path: it may be the secret itself. */
  #locate(credentials: string | undefined): string {
    const [option, file] = [this.#option, this.#file];
    if ((this.#value ?? null) !== null) throw new Error(`${option}: expected only one of ${this.path} and this`);
    if (typeof file !== "string" || !/^(?:\/|credential:[^/]+$)/.test(file)) {
      throw new Error(`${option}: expected the absolute path of a file, or ${CREDENTIAL}NAME`);
    }
    if (!file.startsWith(CREDENTIAL)) return file;
    const name = file.slice(CREDENTIAL.length);
    if (credentials === undefined) {
      throw new Error(`${option}: systemd has passed no credentials: the unit needs LoadCredential=${name}:FILE`);
    }
    return join(credentials, name);
  }
}

/** Ends the name of the option that names the file with the value of a secret option. */
export const FILE_SUFFIX = "_file";

const DESCRIPTIONS: Readonly<Record<string, string>> = {
  ENOENT: "does not exist",
  ENOTDIR: "does not exist",
  EACCES: "may not be read by this user",
  EPERM: "may not be read by this user",
  // A socket.
  ENXIO: "is no regular file",
};

/** systemd hides the folder from the commands of ExecReload=. */
async function canEnter(folder: string | undefined): Promise<boolean> {
  if (folder === undefined) return false;
  return await access(folder, constants.X_OK).then(
    () => true,
    () => false,
  );
}

async function readText(handle: FileHandle): Promise<{ readonly text: string; readonly mode: number }> {
  const status = await handle.stat();
  if (!status.isFile()) throw new Error(status.isDirectory() ? "is a folder" : "is no regular file");
  const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(MAX_BYTES + 1), position: 0 });
  if (bytesRead > MAX_BYTES) throw new Error(`is larger than ${MAX_BYTES / 1024} KiB`);
  const text = decode(buffer.subarray(0, bytesRead)).replace(/\r?\n$/, "");
  if (text === "") throw new Error("is empty");
  // oxlint-disable-next-line no-control-regex -- they are what is searched for
  if (/[\0-\x1f\x7f]/.test(text)) throw new Error("has several lines or control characters: expected one line of text");
  return { text, mode: status.mode };
}

function decode(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    throw new Error("is no text in UTF-8");
  }
}
