import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { setTimeout as delay } from "node:timers/promises";

/** From util-linux: the kernel ends the program when this process dies, even by SIGKILL. */
const SETPRIV = "/usr/bin/setpriv";

const START_MS = 60_000;

/** How much of a log errors quote, in characters. */
const QUOTED = 4000;

/** How a {@link LabProcess} is started. */
export interface LabProcessOptions {
  /** The file that takes what it writes. */
  readonly log: string;
  /** The process in whose network it runs. @defaultValue this one */
  readonly networkOf?: number | undefined;
  /** How many files it may have open. @defaultValue as many as this process */
  readonly descriptors?: number | undefined;
  readonly env?: Readonly<Record<string, string>> | undefined;
}

/** A program of the lab, with what it has started itself. It ends with this process. */
export class LabProcess implements AsyncDisposable {
  /** With the exit code, or the name of the signal. */
  readonly exited: Promise<number | string>;
  readonly #child: ChildProcess;
  readonly #log: string;
  readonly #command: string;

  private constructor(child: ChildProcess, log: string, command: string) {
    this.#child = child;
    this.#log = log;
    this.#command = command;
    this.exited = once(child, "exit").then(([code, signal]) => (code ?? signal) as number | string);
  }

  /** Starts a program. */
  static async start(command: readonly string[], options: LabProcessOptions): Promise<LabProcess> {
    const { log, networkOf, descriptors, env = {} } = options;
    const prefix = [
      ...(networkOf === undefined ? [] : ["nsenter", `--net=/proc/${networkOf}/ns/net`, "--"]),
      ...(descriptors === undefined ? [] : ["prlimit", `--nofile=${descriptors}:${descriptors}`, "--"]),
      ...(existsSync(SETPRIV) ? [SETPRIV, "--pdeathsig", "KILL", "--"] : []),
    ];
    const [program = "", ...args] = [...prefix, ...command];
    const { PATH = "", NODE_COMPILE_CACHE = "" } = process.env;
    const output = openSync(log, "a");
    // A group of its own, so that a signal reaches its workers, too.
    const child = spawn(program, args, {
      stdio: ["ignore", output, output],
      env: { PATH: `${PATH}:/usr/sbin`, NODE_COMPILE_CACHE, HOME: "/nonexistent", NO_COLOR: "1", ...env },
      detached: true,
    });
    closeSync(output);
    await once(child, "spawn");
    return new LabProcess(child, log, command.join(" "));
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  get isRunning(): boolean {
    return this.#child.exitCode === null && this.#child.signalCode === null;
  }

  /** Everything that it has written. */
  get log(): string {
    return readFileSync(this.#log, "utf8");
  }

  /** The processes that it has started. */
  get children(): readonly number[] {
    const list = readFileSync(`/proc/${this.pid}/task/${this.pid}/children`, "utf8");
    return list.split(" ").filter(Boolean).map(Number);
  }

  /** Waits for what the program does. @throws Error with the end of its log when it ends first, or takes over 20 s. */
  async until(condition: () => boolean | Promise<boolean>, what: string): Promise<void> {
    const end = performance.now() + START_MS;
    while (!(await condition())) {
      if (!this.isRunning || performance.now() > end) {
        const why = this.isRunning ? "does not come to" : "ended before";
        throw new Error(`${this.#command} ${why} ${what}: ${this.log.slice(-QUOTED)}`);
      }
      await delay(10);
    }
  }

  /** Signals the program and everything that it has started. */
  signal(name: "SIGSTOP" | "SIGCONT" | "SIGKILL" | "SIGTERM"): void {
    if (this.isRunning) process.kill(-this.pid, name);
  }

  /** Ends it as a crash would. */
  async kill(): Promise<void> {
    this.signal("SIGKILL");
    await this.exited;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.kill();
  }
}
