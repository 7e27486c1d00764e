import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** A program that listens. */
export interface RunningProgram extends AsyncDisposable {
  /** The last of what it wrote to its standard error. */
  readonly stderr: () => string;
}

/**
 * Starts a program, and resolves once it accepts connections.
 *
 * @param at - the port on loopback or the path of the Unix socket where it listens.
 * @throws Error with its words when it leaves before that.
 */
export async function startProgram(
  command: string,
  args: readonly string[],
  at: number | string,
): Promise<RunningProgram> {
  const child = spawn(command, args, { stdio: ["ignore", "ignore", "pipe"] });
  let words = "";
  child.stderr.on("data", (chunk: Buffer) => (words = (words + chunk.toString()).slice(-8192)));
  await once(child, "spawn");
  const place = typeof at === "string" ? { path: at } : { host: "127.0.0.1", port: at };
  for (let accepts = false; !accepts;) {
    if (child.exitCode !== null) throw new Error(`${command} left: ${words}`);
    const socket = connect(place);
    const accepted = once(socket, "connect").then(() => true);
    accepts = await Promise.race([accepted, once(socket, "close").then(() => false)]).catch(() => false);
    socket.destroy();
    if (!accepts) await delay(20);
  }
  return {
    stderr: () => words,
    async [Symbol.asyncDispose]() {
      const closed = once(child, "close");
      child.kill("SIGKILL");
      await closed;
    },
  };
}
