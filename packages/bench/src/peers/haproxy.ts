import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Peer } from "./peer.ts";
import { plainPeer } from "./plain.ts";

/** HAProxy as a TCP proxy, with one thread. */
export const haproxy: Peer = plainPeer({
  name: "haproxy",
  description: "HAProxy, mode tcp, one thread",
  framing: "raw",
  async command(listenPort, targetPort, folder) {
    const file = join(folder, "haproxy.cfg");
    await writeFile(
      file,
      `global
  nbthread 1
  maxconn 9000
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen console
  bind 127.0.0.1:${listenPort}
  server target 127.0.0.1:${targetPort}
`,
    );
    return ["haproxy", "-db", "-f", file];
  },
});
