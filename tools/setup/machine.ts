import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

/** More than any installation prints; the default of 1 MiB would end it. */
const MAX_OUTPUT_BYTES = 64 * 1024 * 1024;

/** What the set-up asks of the machine it runs on. */
export interface Machine {
  /** Whether packages come from Debian's apt. */
  readonly hasApt: boolean;
  /** Whether packages may be installed. */
  readonly isRoot: boolean;
  /** As in `process.arch`. */
  readonly architecture: string;
  /** Runs a program and returns its output. @throws Error with the command and its error output when it fails. */
  run(command: string, args: readonly string[], folder?: string): Promise<string>;
  say(line: string): void;
}

/** The machine that this process runs on. */
export const thisMachine: Machine = {
  hasApt: existsSync("/usr/bin/apt-get"),
  isRoot: process.getuid?.() === 0,
  architecture: process.arch,
  async run(command, args, folder) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const { stdout } = await promisify(execFile)(command, args, { cwd: folder, env, maxBuffer: MAX_OUTPUT_BYTES });
    return stdout;
  },
  say(line) {
    console.log(line);
  },
};
