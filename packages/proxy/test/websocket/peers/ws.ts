import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import type { Peer } from "../frames.ts";
import { observeServer } from "../observe-server.ts";

/** A server of `ws` that echoes. */
export async function startWs(): Promise<Peer> {
  const server = new WebSocketServer({ host: "127.0.0.1", port: 0, perMessageDeflate: false });
  server.on("connection", (socket) => {
    socket.on("message", (data, isBinary) => socket.send(data, { binary: isBinary })).on("error", () => {});
  });
  await once(server, "listening");
  const host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    name: "ws",
    side: "server",
    saysFault: true,
    observe: async (frames, expected, cuts) => await observeServer({ host, path: "/" }, frames, expected, cuts),
    async [Symbol.asyncDispose]() {
      for (const client of server.clients) client.terminate();
      server.close();
      await once(server, "close");
    },
  };
}
