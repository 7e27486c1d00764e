import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, readdirSync, readFileSync } from "node:fs";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { CommandError } from "./command-error.ts";

/** What a daemon tells the process that started it. */
interface StartMessage {
  /** Why it did not start; undefined once it listens. */
  readonly problem?: string;
}

/** Whether this process was started by {@link becomeDaemon}. */
export function isDaemon(): boolean {
  return process.send !== undefined;
}

/**
 * Runs this command again as a process of its own without a terminal, as websockify's `--daemon` does, and waits until
 * it listens.
 *
 * @param keepsInput - whether its standard input stays what it is, such as a socket that listens.
 * @throws CommandError that says why it did not start.
 */
export async function becomeDaemon(keepsInput = false): Promise<void> {
  // Not the file that was started: `curfew-novncproxy` and its like would add their command once more.
  const main = fileURLToPath(new URL(`main${extname(import.meta.url)}`, import.meta.url));
  const daemon = spawn(process.execPath, [...process.execArgv, main, ...process.argv.slice(2)], {
    detached: true,
    stdio: [keepsInput ? "inherit" : "ignore", "ignore", "ignore", "ipc"],
  });
  const [{ problem }] = (await Promise.race([
    once(daemon, "message"),
    once(daemon, "exit").then(() => [{ problem: "the daemon ended before it listened" }]),
  ])) as [StartMessage];
  if (daemon.connected) daemon.disconnect();
  daemon.unref();
  if (problem !== undefined) throw new CommandError(problem);
}

/** The flag of a descriptor that no program which this process starts inherits, in /proc/self/fdinfo. */
const O_CLOEXEC = 0o2000000;

/**
 * Closes what the daemon has inherited from the shell that started it, such as the file of a lock: Node keeps only the
 * first descriptors from it. Called before the daemon opens any. Has no effect where there is no /proc.
 */
export function closeInherited(): void {
  if (!existsSync("/proc/self/fdinfo")) return;
  for (const fd of readdirSync("/proc/self/fd").map(Number)) {
    if (fd > 2 && isInherited(fd)) closeSync(fd);
  }
}

/** Node opens all its own with that flag. */
function isInherited(fd: number): boolean {
  try {
    const [, flags = ""] = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, "latin1")) ?? [];
    return (Number.parseInt(flags, 8) & O_CLOEXEC) === 0;
  } catch {
    // The one that the folder was read with.
    return false;
  }
}

/** Tells the process that started this one that it listens. */
export function reportStarted(): void {
  tell({});
}

/** Tells the process that started this one why it does not. */
export function reportProblem(problem: string): void {
  tell({ problem });
}

function tell(message: StartMessage): void {
  process.send?.(message, undefined, undefined, () => process.disconnect());
}
