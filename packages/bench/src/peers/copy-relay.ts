import { join } from "node:path";
import { compile } from "../machine/compile.ts";
import { YARDSTICK } from "../measures/measure.ts";
import type { Peer } from "./peer.ts";
import { plainPeer } from "./plain.ts";

/** The yardstick: all figures of CPU are given as multiples of its own. */
export const copyRelay: Peer = plainPeer({
  name: YARDSTICK,
  description: "raw TCP copy relay in C, 64 KiB buffers, epoll",
  framing: "raw",
  async command(listenPort, targetPort, folder) {
    const program = await compile(join(import.meta.dirname, "copy-relay.c"), folder);
    return [program, String(listenPort), String(targetPort)];
  },
});
