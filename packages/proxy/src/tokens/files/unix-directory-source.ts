import { lstat, realpath } from "node:fs/promises";
import { join } from "node:path";
import type { ConsoleType, Grant } from "../grant.ts";
import type { TokenSource } from "../source.ts";
import { isEntryName, isMissing } from "./entry-name.ts";
import { digestId } from "../token-id.ts";
import { targetGrant } from "./target-grant.ts";

/** Options of {@link UnixDirectoryTokenSource}. */
export interface UnixDirectorySourceOptions {
  /** The folder. */
  readonly path: string;
  /** The type of all its consoles. */
  readonly console_type: ConsoleType;
}

/**
 * A token is the name of a Unix socket in a folder (websockify's UnixDomainSocketDirectory). Only sockets in the folder
 * itself count: neither those below it, nor symbolic links.
 */
export class UnixDirectoryTokenSource implements TokenSource {
  readonly #path: string;
  readonly #consoleType: ConsoleType;

  constructor({ path, console_type: consoleType }: UnixDirectorySourceOptions) {
    this.#path = path;
    this.#consoleType = consoleType;
  }

  async resolve(token: string): Promise<Grant | undefined> {
    const folder = await realpath(this.#path);
    if (!isEntryName(token)) return undefined;
    const path = join(folder, token);
    const entry = await lstat(path).catch((error: unknown) => {
      if (isMissing(error)) return undefined;
      throw error;
    });
    if (entry?.isSocket() !== true) return undefined;
    const endpoint = { type: "unix", path, displayPath: join(folder, `(token ${digestId(token)})`) } as const;
    return targetGrant(token, endpoint, this.#consoleType);
  }

  async health(): Promise<void> {
    const folder = await lstat(await realpath(this.#path));
    if (!folder.isDirectory()) throw new Error(`${this.#path}: expected a folder`);
  }
}
