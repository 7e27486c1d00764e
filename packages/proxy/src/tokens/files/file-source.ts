import type { ConsoleType, Grant } from "../grant.ts";
import type { TokenSource } from "../source.ts";
import { targetGrant } from "./target-grant.ts";
import { type TokenLines, watchTokenLines } from "./token-lines.ts";
import type { WatchedFile } from "./watched-file.ts";

/** Options of {@link FileTokenSource}. */
export interface FileSourceOptions {
  /** The file. */
  readonly path: string;
  /** The type of all its consoles. */
  readonly console_type: ConsoleType;
}

/** Looks tokens up in a file with lines such as `token: host:port` (websockify's TokenFile). */
export class FileTokenSource implements TokenSource {
  readonly #consoleType: ConsoleType;
  readonly #file: WatchedFile<TokenLines>;
  #onProblem: (problem: string) => void = () => {};

  constructor({ path, console_type: consoleType }: FileSourceOptions) {
    this.#consoleType = consoleType;
    this.#file = watchTokenLines(path, (problem) => this.#onProblem(problem));
  }

  async resolve(token: string): Promise<Grant | undefined> {
    const target = (await this.#file.current()).targets.get(token);
    return target && targetGrant(token, target, this.#consoleType);
  }

  async health(): Promise<void> {
    await this.#file.current();
  }

  onProblem(listener: (problem: string) => void): void {
    this.#onProblem = listener;
  }
}
