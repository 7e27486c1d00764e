import { spawn } from "node:child_process";
import { once } from "node:events";
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
