import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

const setpriv = "/usr/bin/setpriv";
const STARTING_MS = 10_000;
const LEAVING_MS = 3_000;

/** A proxy that runs as a process of its own. */
export interface Child {
  readonly pid: number;
  /** What it printed to its standard output so far. */
  stdout(): string;
  /** Resolves when `condition` holds. @throws Error with the program's output when it leaves before, or takes too long. */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** False once it has left. */
  running(): boolean;
  stop(): Promise<void>;
}

/** Starts a program, with its standard error going to the file `log`. It ends when this process dies. */
export async function startChild(command: readonly string[], log: string): Promise<Child> {
  const [file = "", ...args] = existsSync(setpriv) ? [setpriv, "--pdeathsig", "KILL", "--", ...command] : command;
  const errors = openSync(log, "a");
  const child = spawn(file, args, { stdio: ["ignore", "pipe", errors] });
  closeSync(errors);
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout = (stdout + text).slice(-8192);
  });
  await once(child, "spawn");
  const left = once(child, "exit");
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    running,
    async until(condition) {
      const start = performance.now();
      while (!(await condition())) {
        if (running() && performance.now() - start < STARTING_MS) await delay(2);
        else {
          const output = `${stdout}${readFileSync(log, "utf8").slice(-2000)}`;
          throw new Error(`${command.join(" ")} ${running() ? "does not start" : "has left"}: ${output}`);
        }
      }
    },
    async stop() {
      if (!running()) return;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), LEAVING_MS);
      await left;
      clearTimeout(timer);
    },
  };
}

/** Whether something accepts connections at a port on loopback. */
export async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, "127.0.0.1");
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
