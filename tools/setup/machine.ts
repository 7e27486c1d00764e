import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { promisify } from "node:util";

/** What the set-up asks of the machine it runs on. */
export interface Machine {
  /** Whether packages come from Debian's apt. */
  readonly hasApt: boolean;
  /** Whether packages may be installed. */
  readonly isRoot: boolean;
  /** As in `process.arch`. */
  readonly architecture: string;
  /** Runs a program of which people see only errors. @throws Error with its exit code when that is not 0. */
  run(command: string, args: readonly string[], folder?: string): Promise<void>;
  /** Runs a program for its output. @throws Error with its error output when it fails. */
  read(command: string, args: readonly string[], folder?: string): Promise<string>;
  say(line: string): void;
}

/** The machine that this process runs on. */
export const thisMachine: Machine = {
  hasApt: existsSync("/usr/bin/apt-get"),
  isRoot: process.getuid?.() === 0,
  architecture: process.arch,
  async run(command, args, folder) {
    const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
    const child = spawn(command, args, { cwd: folder, env, stdio: ["ignore", "ignore", "inherit"] });
    const [code] = (await once(child, "exit")) as [number | null];
    if (code !== 0) throw new Error(`${command} ${args.join(" ")} failed with exit code ${String(code)}`);
  },
  async read(command, args, folder) {
    const { stdout } = await promisify(execFile)(command, args, { cwd: folder });
    return stdout;
  },
  say(line) {
    console.log(line);
  },
};
