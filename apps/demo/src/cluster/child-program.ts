import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { createInterface } from "node:readline";

/** From util-linux: ends the program when this process dies, even by SIGKILL. */
const SETPRIV = "/usr/bin/setpriv";

/** How many lines of a program's standard error are kept for error messages. */
const KEPT_LINES = 20;

export interface ChildProgramOptions {
  /** Added to the environment of this process. */
  readonly env?: Readonly<Record<string, string>>;
  /** Receives each line of its standard output. */
  readonly onOutput?: (line: string) => void;
  /** Receives each line of its standard error. */
  readonly onError?: (line: string) => void;
}

/** A program that ends with this process at the latest. */
export class ChildProgram implements AsyncDisposable {
  /** Fulfilled when it has ended, or could not be started. */
  readonly exited: Promise<void>;
  readonly #process: ReturnType<typeof spawn>;
  readonly #words: string[] = [];
  #hasExited = false;

  constructor(command: readonly string[], { env, onOutput, onError }: ChildProgramOptions = {}) {
    const [program = "", ...args] = existsSync(SETPRIV) ? [SETPRIV, "--pdeathsig", "KILL", "--", ...command] : command;
    // Its own process group: Ctrl-C in a terminal is for this process, which then stops it.
    const child = spawn(program, args, {
      detached: true,
      env: { ...process.env, ...env },
      stdio: ["ignore", "pipe", "pipe"],
    });
    this.#process = child;
    createInterface(child.stdout).on("line", (line) => onOutput?.(line));
    createInterface(child.stderr).on("line", (line) => {
      this.#words.push(line);
      if (this.#words.length > KEPT_LINES) this.#words.shift();
      onError?.(line);
    });
    this.exited = this.#untilClosed();
  }

  /** Whether it has ended, or could not be started. */
  get hasExited(): boolean {
    return this.#hasExited;
  }

  /** The last of what it wrote to its standard error. */
  get words(): string {
    return this.#words.join("\n");
  }

  /** Signals the program itself; one that has ended already is no error. */
  signal(signal: NodeJS.Signals): void {
    this.#process.kill(signal);
  }

  /** Ends it, with all that it has started, and resolves when it has ended. */
  async kill(): Promise<void> {
    const { pid, exitCode, signalCode } = this.#process;
    // The number of a process that has ended may belong to another one.
    if (pid !== undefined && exitCode === null && signalCode === null) process.kill(-pid, "SIGKILL");
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }

  async #untilClosed(): Promise<void> {
    try {
      await once(this.#process, "close");
    } catch (error) {
      this.#words.push((error as Error).message);
    }
    this.#hasExited = true;
  }
}
