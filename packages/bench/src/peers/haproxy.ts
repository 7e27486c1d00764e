import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sessionsThatFit } from "../machine/limits.ts";
import type { Peer } from "./peer.ts";
import { plainPeer } from "./plain.ts";

const MOST_SESSIONS = 10_000;

/** HAProxy as a TCP proxy, with one thread. */
export const haproxy: Peer = plainPeer({
  name: "haproxy",
  description: "HAProxy, mode tcp, one thread",
  framing: "raw",
  async command(listenPort, targetPort, folder, certificate) {
    let ssl = "";
    if (certificate !== undefined) {
      // HAProxy wants both in one file.
      const both = join(folder, "both.pem");
      await writeFile(both, `${await readFile(certificate.cert, "utf8")}${await readFile(certificate.key, "utf8")}`);
      ssl = ` ssl crt ${both}`;
    }
    const file = join(folder, "haproxy.cfg");
    await writeFile(
      file,
      `global
  nbthread 1
  maxconn ${sessionsThatFit(MOST_SESSIONS)}
defaults
  mode tcp
  timeout connect 5s
  timeout client 1h
  timeout server 1h
listen console
  bind 127.0.0.1:${listenPort}${ssl}
  server target 127.0.0.1:${targetPort}
`,
    );
    return ["haproxy", "-db", "-f", file];
  },
});
