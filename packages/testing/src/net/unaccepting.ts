import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";
import { formatAddress } from "./address.ts";

const HOST = "127.0.0.1";

/** Listens with the shortest queue, then never comes back to its event loop to accept anything. */
const PROGRAM = `
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "${HOST}", backlog: 1 }, () => {
    require("node:fs").writeSync(1, server.address().port + "\\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

/** A machine that does not answer: connecting to it neither succeeds nor fails. */
export interface UnacceptingServer extends AsyncDisposable {
  /** `host:port`. */
  readonly address: string;
}

/**
 * Starts a server that accepts nothing, in a process of its own, and fills its accept queue. A gateway gives up
 * on it with `target_timeout`.
 */
export async function startUnacceptingServer(): Promise<UnacceptingServer> {
  const child = spawn(process.execPath, ["-e", PROGRAM], { stdio: ["ignore", "pipe", "inherit"] });
  const exited = once(child, "exit");
  const [line] = (await once(createInterface(child.stdout), "line")) as [string];
  const port = Number(line);
  const fillers: Socket[] = [];
  // The queue takes one more than its backlog; connections are made until one hangs.
  while (await connects(port, fillers));
  return {
    address: formatAddress(HOST, port),
    async [Symbol.asyncDispose]() {
      for (const filler of fillers) filler.destroy();
      child.kill("SIGKILL");
      await exited;
    },
  };
}

async function connects(port: number, fillers: Socket[]): Promise<boolean> {
  const socket = connect(port, HOST).on("error", () => {});
  fillers.push(socket);
  const connected = once(socket, "connect").then(() => true);
  return await Promise.race([connected, new Promise<false>((resolve) => setTimeout(resolve, 300, false))]);
}
