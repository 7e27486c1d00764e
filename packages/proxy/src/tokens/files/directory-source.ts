import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import type { Endpoint } from "../../net/endpoint.ts";
import type { ConsoleType, Grant } from "../grant.ts";
import type { TokenSource } from "../source.ts";
import { parseTarget } from "../target-text.ts";
import { isEntryName, isMissing } from "./entry-name.ts";
import { SharedLook } from "./shared-look.ts";
import { targetGrant } from "./target-grant.ts";
import { type TokenLines, watchTokenLines } from "./token-lines.ts";
import { readAtRest, type WatchedFile } from "./watched-file.ts";

/** How many files with lines a folder may have; each is looked at for each lookup. */
const MAX_FILES = 1000;

/** The longest file that holds one target, in bytes. */
const MAX_TARGET_BYTES = 4096;

/** Options of {@link DirectoryTokenSource}. */
export interface DirectorySourceOptions {
  /** The folder. */
  readonly path: string;
  /** `lines`: files with lines as in a token file. `names`: a file's name is the token, and it holds `host:port`. */
  readonly format: "lines" | "names";
  /** The type of all its consoles. */
  readonly console_type: ConsoleType;
}

/** Looks tokens up in the files of a folder (websockify's TokenFile with a folder, and TokenFileName). */
export class DirectoryTokenSource implements TokenSource {
  readonly #options: DirectorySourceOptions;
  /** By name. */
  #files: ReadonlyMap<string, WatchedFile<TokenLines>> = new Map();
  /** What all files hold. With many files it takes much of the event loop. */
  readonly #all = new SharedLook(async () => await this.#readAll());
  #onProblem: (problem: string) => void = () => {};

  constructor(options: DirectorySourceOptions) {
    this.#options = options;
  }

  async resolve(token: string): Promise<Grant | undefined> {
    const { format, console_type: consoleType } = this.#options;
    const target = format === "lines" ? await this.#findLine(token) : await this.#readNamed(token);
    return target && targetGrant(token, target, consoleType);
  }

  async health(): Promise<void> {
    if (this.#options.format === "lines") await this.#all.result();
    else if (!(await stat(this.#options.path)).isDirectory())
      throw new Error(`${this.#options.path}: expected a folder`);
  }

  onProblem(listener: (problem: string) => void): void {
    this.#onProblem = listener;
  }

  async #findLine(token: string): Promise<Endpoint | undefined> {
    // As in websockify, where the last of several files counts; here that is the last by name.
    const found = (await this.#all.result()).map(({ targets }) => targets.get(token));
    return found.findLast((target) => target !== undefined);
  }

  async #readAll(): Promise<readonly TokenLines[]> {
    const { path } = this.#options;
    const entries = await readdir(path, { withFileTypes: true });
    const names = entries.flatMap((entry) => (isEntryName(entry.name) && !entry.isDirectory() ? entry.name : []));
    names.sort();
    if (names.length > MAX_FILES) throw new Error(`${path}: expected at most ${MAX_FILES} files`);
    this.#files = new Map(names.map((name) => [name, this.#files.get(name) ?? this.#watch(join(path, name))]));
    const read = [...this.#files.values()].map(async (file) => {
      try {
        return await file.current();
      } catch (error) {
        // Removed since it was listed.
        if (isMissing((error as Error).cause)) return undefined;
        throw error;
      }
    });
    return (await Promise.all(read)).filter((lines) => lines !== undefined);
  }

  #watch(path: string): WatchedFile<TokenLines> {
    return watchTokenLines(path, (problem) => this.#onProblem(problem));
  }

  async #readNamed(token: string): Promise<Endpoint | undefined> {
    const { path } = this.#options;
    const text = isEntryName(token) ? await readNamed(join(path, token)) : undefined;
    if (text === undefined) {
      // Without its folder, no token can be told.
      await this.health();
      return undefined;
    }
    try {
      return parseTarget(text.trim());
    } catch {
      // The name of the file would reveal a token.
      throw new Error(`${path}: expected host:port in a file`);
    }
  }
}

/** Undefined where there is no such file. */
async function readNamed(path: string): Promise<string | undefined> {
  let code: string;
  try {
    const entry = await stat(path);
    return entry.isFile() ? (await readAtRest(path, MAX_TARGET_BYTES)).text : undefined;
  } catch (error) {
    const { cause = error } = error as Error;
    if (isMissing(cause)) return undefined;
    code = (cause as NodeJS.ErrnoException).code ?? "it is too long, or written all the time";
  }
  // Without the error itself, whose path would reveal a token.
  throw new Error(`a file cannot be read: ${code}`);
}
