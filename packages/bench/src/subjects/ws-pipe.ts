import { join } from "node:path";
import { plainProxy } from "./plain-proxy.ts";
import type { Subject } from "./subject.ts";

/** The obvious implementation with `ws`. */
export const wsPipe: Subject = plainProxy({
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
