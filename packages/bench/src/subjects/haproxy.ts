import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sessionsThatFit } from "../machine/open-files.ts";
import { TLS_YARDSTICK, type Subject } from "./subject.ts";
import { plainProxy } from "./plain-proxy.ts";

const MAX_SESSIONS = 10_000;

/** HAProxy as a TCP proxy, with one thread. */
export const haproxy: Subject = plainProxy({
  name: TLS_YARDSTICK,
  description: "HAProxy, mode tcp, one thread",
  framing: "raw",
  terminatesTls: true,
  async command(listenPort, targetPort, folder, certificate) {
    let ssl = "";
    if (certificate !== undefined) {
      // HAProxy expects both in one file.
      const both = join(folder, "both.pem");
      await writeFile(both, `${await readFile(certificate.cert, "utf8")}${await readFile(certificate.key, "utf8")}`);
      ssl = ` ssl crt ${both}`;
    }
    const file = join(folder, "haproxy.cfg");
    await writeFile(
      file,
      `global
  nbthread 1
  maxconn ${sessionsThatFit(MAX_SESSIONS)}
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
