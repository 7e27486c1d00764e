import { join } from "node:path";
import { compileC } from "../machine/compile-c.ts";
import { YARDSTICK, type Subject } from "./subject.ts";
import { plainProxy } from "./plain-proxy.ts";

/** The yardstick: CPU usage is given as a multiple of its own. */
export const copyRelay: Subject = plainProxy({
  name: YARDSTICK,
  description: "raw TCP copy relay in C, 64 KiB buffers, epoll",
  framing: "raw",
  async command(listenPort, targetPort, folder) {
    const program = await compileC(join(import.meta.dirname, "copy-relay.c"), folder);
    return [program, String(listenPort), String(targetPort)];
  },
});
