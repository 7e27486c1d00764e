import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { sessionsThatFit } from "../machine/open-files.ts";
import { plainProxy } from "./plain-proxy.ts";
import type { Subject } from "./subject.ts";

const MAX_SESSIONS = 10_000;

/** lighttpd's WebSocket tunnel, which is in Debian's package of the server. */
export const lighttpd: Subject = plainProxy({
  name: "lighttpd",
  description: "lighttpd of Debian with mod_wstunnel, one process, binary frames",
  framing: "websocket",
  async command(listenPort, targetPort, folder) {
    const file = join(folder, "lighttpd.conf");
    const sessions = sessionsThatFit(MAX_SESSIONS);
    await writeFile(
      file,
      `server.modules = ("mod_wstunnel")
server.document-root = "${folder}"
server.bind = "127.0.0.1"
server.port = ${listenPort}
server.max-connections = ${sessions}
server.max-fds = ${2 * sessions + 100}
wstunnel.server = ("" => (("host" => "127.0.0.1", "port" => ${targetPort})))
wstunnel.frame-type = "binary"
`,
    );
    return ["lighttpd", "-D", "-f", file];
  },
});
