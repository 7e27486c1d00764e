import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { type Peer } from "./peer.ts";
import { plainPeer } from "./plain.ts";

/** The yardstick: all figures of CPU are given as multiples of its own. */
export const copyRelay: Peer = plainPeer({
  name: "copy",
  description: "raw TCP copy relay in C, 64 KiB buffers, epoll",
  framing: "raw",
  async command(listenPort, targetPort, folder) {
    const program = join(folder, "copy-relay");
    await promisify(execFile)("cc", ["-O2", "-o", program, join(import.meta.dirname, "copy-relay.c")]);
    return [program, String(listenPort), String(targetPort)];
  },
});
