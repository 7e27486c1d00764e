import { spawn } from "node:child_process";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { createInterface } from "node:readline";

/** Listens with the shortest queue, then never comes back to its event loop to accept anything. */
const PROGRAM = `
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => {
    require("node:fs").writeSync(1, server.address().port + "\\n");
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);
  });
`;

/** A target whose accept queue is full, so that connecting to it neither succeeds nor fails. */
export class UnacceptingTarget implements AsyncDisposable {
  readonly address: string;
  readonly #stop: () => Promise<void>;

  private constructor(address: string, stop: () => Promise<void>) {
    this.address = address;
    this.#stop = stop;
  }

  static async start(): Promise<UnacceptingTarget> {
    const child = spawn(process.execPath, ["-e", PROGRAM], { stdio: ["ignore", "pipe", "inherit"] });
    const [line] = (await once(createInterface(child.stdout), "line")) as [string];
    const port = Number(line);
    const fillers: Socket[] = [];
    // The queue takes one more than its backlog; connections are made until one hangs.
    while (await connects(port, fillers));
    return new UnacceptingTarget(`127.0.0.1:${port}`, async () => {
      for (const filler of fillers) filler.destroy();
      child.kill("SIGKILL");
      await once(child, "exit");
    });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#stop();
  }
}

async function connects(port: number, fillers: Socket[]): Promise<boolean> {
  const socket = connect(port, "127.0.0.1").on("error", () => {});
  fillers.push(socket);
  const connected = once(socket, "connect").then(() => true);
  return await Promise.race([connected, new Promise<false>((resolve) => setTimeout(resolve, 300, false))]);
}
