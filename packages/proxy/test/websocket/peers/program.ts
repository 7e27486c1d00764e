import { spawn } from "node:child_process";
import { once } from "node:events";
import type { Peer } from "../frames.ts";
import { observeServer } from "../observe-server.ts";

/** Runs a server that prints its port, and echoes. */
export async function startProgram(
  { name, saysFault }: Pick<Peer, "name" | "saysFault">,
  program: string,
  args: readonly string[],
): Promise<Peer> {
  const child = spawn(program, args, { stdio: ["ignore", "pipe", "ignore"] });
  const exited = once(child, "exit");
  const [port] = (await Promise.race([once(child.stdout, "data"), exited])) as [Buffer | number];
  if (!Buffer.isBuffer(port)) throw new Error(`${[program, ...args].join(" ")} ended with ${port}`);
  const server = { host: `127.0.0.1:${Number(String(port))}`, path: "/" };
  return {
    name,
    side: "server",
    saysFault,
    observe: async (frames, expected, cuts) => await observeServer(server, frames, expected, cuts),
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await exited;
    },
  };
}
