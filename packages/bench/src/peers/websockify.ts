import type { Peer } from "./peer.ts";
import { plainPeer } from "./plain.ts";

/** Debian's websockify, which Nova's console proxies build on; numpy does its masking. */
export const websockify: Peer = plainPeer({
  name: "websockify",
  description: "websockify of Debian (Python, numpy), one process for each session",
  framing: "websocket",
  command: async (listenPort, targetPort, _folder, certificate) => [
    "/usr/bin/python3",
    "-m",
    "websockify",
    ...(certificate === undefined ? [] : ["--ssl-only", "--cert", certificate.cert, "--key", certificate.key]),
    `127.0.0.1:${listenPort}`,
    `127.0.0.1:${targetPort}`,
  ],
});
