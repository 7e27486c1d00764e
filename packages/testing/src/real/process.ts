import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import type { Readable } from "node:stream";

/** How much of a server's error output is kept for error messages, in characters. */
const STDERR_KEPT = 8_192;

/** How long a server may take to leave after SIGTERM before it is killed, in milliseconds. */
const TERM_GRACE_MS = 2_000;

/** From util-linux: lets the kernel end the server when this process dies, even by SIGKILL. */
const setpriv = "/usr/bin/setpriv";

/** A program that this library started, with everything it started in turn. */
export interface ServerProcess {
  readonly pid: number;
  /** What the program reports on the channel that was chosen for it. */
  readonly report: Readable;
  /** Settles when the program has left, whatever the cause; never rejects. */
  readonly exited: Promise<void>;
  /** The last of what the program wrote to its standard error. */
  stderr(): string;
  /** Ends the program and its process group; resolves when it has left. */
  stop(): Promise<void>;
  /** Ends them at once, without a chance to clean up. */
  kill(): Promise<void>;
}

/** A user and a group of the system. */
export interface Account {
  readonly uid: number;
  readonly gid: number;
}

/** The user `nobody`, which every system has. */
const NOBODY: Account = { uid: 65_534, gid: 65_534 };

/** Whom servers run as that refuse to be root, or should not be; undefined where this process is not root itself. */
export function unprivilegedAccount(): Account | undefined {
  return process.getuid?.() === 0 ? NOBODY : undefined;
}

/** The file descriptor on which a program reports: 1 is its standard output, 3 leaves that one alone. */
export type ReportChannel = 1 | 3;

/**
 * Starts a program in its own process group, with `environment` on top of this process's. The program ends with `stop`,
 * or when the calling process dies.
 * @param account - whom the program runs as; needs root and util-linux. Default: the user of this process.
 * @throws Error when the program cannot be started.
 */
export async function startProcess(
  command: string,
  args: readonly string[],
  channel: ReportChannel,
  environment: Readonly<Record<string, string>> = {},
  account?: Account,
): Promise<ServerProcess> {
  const asAccount = account === undefined ? [] : [`--reuid=${account.uid}`, `--regid=${account.gid}`, "--clear-groups"];
  const [file, ...rest] = existsSync(setpriv)
    ? [setpriv, ...asAccount, "--pdeathsig", "KILL", "--", command, ...args]
    : [command, ...args];
  const child = spawn(file ?? command, rest, {
    detached: true,
    env: { ...process.env, ...environment },
    stdio: channel === 1 ? ["ignore", "pipe", "pipe"] : ["ignore", "ignore", "pipe", "pipe"],
  });
  let stderr = "";
  child.stderr?.setEncoding("utf8").on("data", (text: string) => {
    stderr = (stderr + text).slice(-STDERR_KEPT);
  });
  const exited = new Promise<void>((resolve) => {
    child.once("close", () => {
      resolve();
    });
    child.once("error", () => {
      resolve();
    });
  });
  await once(child, "spawn");
  // Node reports an undefined pid only for a program that could not be started: `spawn` has happened.
  const pid = child.pid ?? 0;
  // The number of a process that has left may belong to another one by now.
  const hasLeft = (): boolean => child.exitCode !== null || child.signalCode !== null;

  return {
    pid,
    report: child.stdio[channel] as Readable,
    exited,
    stderr: () => stderr,
    async kill() {
      if (!hasLeft()) signalGroup(pid, "SIGKILL");
      await exited;
    },
    async stop() {
      if (hasLeft()) return exited;
      signalGroup(pid, "SIGTERM");
      const timer = setTimeout(() => {
        signalGroup(pid, "SIGKILL");
      }, TERM_GRACE_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Signals a process group; one that has left already is no error. */
function signalGroup(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(-pid, signal);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ESRCH") throw error;
  }
}
