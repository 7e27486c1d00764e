import { join } from "node:path";
import type { Peer } from "./peer.ts";
import { plainPeer } from "./plain.ts";

/** What one writes first with `ws`. */
export const wsPipe: Peer = plainPeer({
  name: "ws",
  description: "Node and ws: message event, ws.send, pause and resume",
  framing: "websocket",
  command: async (listenPort, targetPort) => [
    process.execPath,
    join(import.meta.dirname, "ws-pipe.main.ts"),
    String(listenPort),
    String(targetPort),
  ],
});
