import { join } from "node:path";
import { compileGo } from "../machine/compile-go.ts";
import { plainProxy } from "./plain-proxy.ts";
import type { Subject } from "./subject.ts";

/** The obvious implementation in Go. */
export const gorilla: Subject = plainProxy({
  name: "gorilla",
  description: "Go and gorilla of Debian: two goroutines per session, 64 KiB buffer",
  framing: "websocket",
  async command(listenPort, targetPort, folder) {
    const program = await compileGo(join(import.meta.dirname, "gorilla-relay.go"), folder);
    return [program, String(listenPort), String(targetPort)];
  },
});
