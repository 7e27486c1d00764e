import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { TestGateway } from "../../support/gateway.ts";
import type { Peer } from "../frames.ts";
import { observeServer } from "../observe-server.ts";

/** The gateway, with a console behind it that echoes. What that console received counts, and not what came back. */
export async function startCurfew(): Promise<Peer> {
  const received: { bytes: Buffer; readonly ended: Promise<unknown> }[] = [];
  const console = createServer((socket) => {
    const pieces: Buffer[] = [];
    const session = { bytes: Buffer.alloc(0), ended: once(socket, "close").catch(() => {}) };
    received.push(session);
    socket.on("data", (piece) => {
      pieces.push(piece);
      socket.write(piece);
    });
    socket.on("error", () => {}).on("close", () => (session.bytes = Buffer.concat(pieces)));
  });
  console.listen(0, "127.0.0.1");
  await once(console, "listening");
  const target = `127.0.0.1:${(console.address() as AddressInfo).port}`;
  const gateway = await TestGateway.start();
  return {
    name: "curfew",
    side: "server",
    saysFault: true,
    async observe(frames, expected, cuts) {
      received.length = 0;
      const { token } = await gateway.token(target);
      const server = { host: gateway.host, path: `/?token=${token}`, protocol: "binary" };
      const observation = await observeServer(server, frames, expected, cuts);
      await gateway.proxy.sessions.idle();
      await received[0]?.ended;
      return { ...observation, data: received[0]?.bytes ?? Buffer.alloc(0) };
    },
    async [Symbol.asyncDispose]() {
      await gateway[Symbol.asyncDispose]();
      console.close();
    },
  };
}
