import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { findPython } from "./python.ts";

/** Runs websockify on a free port, which it prints. Its arguments are those behind this script. */
const SCRIPT = `
import os, socket, sys
from websockify.websocketproxy import websockify_init
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
os.dup2(listener.fileno(), 0)
websockify_init()
`;

/** The real websockify, as a Python on the PATH has it. */
export class Websockify implements AsyncDisposable {
  readonly host: string;
  readonly #process: ChildProcess;

  private constructor(process: ChildProcess, port: string) {
    this.#process = process;
    this.host = `127.0.0.1:${port}`;
  }

  /** @param args - without the address to listen at. */
  static async start(...args: readonly string[]): Promise<Websockify> {
    const started = spawn(findPython("websockify"), ["-c", SCRIPT, "--inetd", ...args], {
      stdio: ["ignore", "pipe", "ignore"],
    });
    const [port] = (await once(createInterface(started.stdout), "line")) as [string];
    return new Websockify(started, port);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    if (this.#process.exitCode !== null) return;
    this.#process.kill("SIGKILL");
    await once(this.#process, "exit");
  }
}
