import { spawn } from "node:child_process";
import { once } from "node:events";
import { closeSync, existsSync, openSync, readFileSync } from "node:fs";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Ends the child when this process dies; part of util-linux. */
const SETPRIV = "/usr/bin/setpriv";
const START_TIMEOUT_MS = 10_000;
const STOP_TIMEOUT_MS = 3_000;

/** A program that runs as a separate process. */
export interface Child {
  readonly pid: number;
  /** The end of its standard output so far, at most 8 KiB. */
  stdout(): string;
  /** Resolves when `condition` holds. @throws Error with the program's output if it exits first or takes over 10 s */
  until(condition: () => boolean | Promise<boolean>): Promise<void>;
  /** False once it has exited. */
  running(): boolean;
  stop(): Promise<void>;
}

/** Starts a program and writes its standard error to the file `log`. The program ends when this process dies. */
export async function startChild(command: readonly string[], log: string): Promise<Child> {
  const [file = "", ...args] = existsSync(SETPRIV) ? [SETPRIV, "--pdeathsig", "KILL", "--", ...command] : command;
  const errors = openSync(log, "a");
  const child = spawn(file, args, { stdio: ["ignore", "pipe", errors] });
  closeSync(errors);
  let stdout = "";
  child.stdout?.setEncoding("utf8").on("data", (text: string) => {
    stdout = (stdout + text).slice(-8192);
  });
  await once(child, "spawn");
  const exited = once(child, "exit");
  const running = (): boolean => child.exitCode === null && child.signalCode === null;
  return {
    pid: child.pid ?? 0,
    stdout: () => stdout,
    running,
    async until(condition) {
      const start = performance.now();
      while (!(await condition())) {
        if (running() && performance.now() - start < START_TIMEOUT_MS) await delay(2);
        else {
          const output = `${stdout}${readFileSync(log, "utf8").slice(-2000)}`;
          throw new Error(`${command.join(" ")} ${running() ? "does not start" : "has exited"}: ${output}`);
        }
      }
    },
    async stop() {
      if (!running()) return;
      child.kill("SIGTERM");
      const timer = setTimeout(() => child.kill("SIGKILL"), STOP_TIMEOUT_MS);
      await exited;
      clearTimeout(timer);
    },
  };
}

/** Whether a port on loopback accepts connections. */
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
