import { plainProxy } from "./plain-proxy.ts";
import type { Subject } from "./subject.ts";

/** Debian's websockify, the base of Nova's console proxies, with numpy for masking. */
export const websockify: Subject = plainProxy({
  name: "websockify",
  description: "websockify of Debian (Python, numpy), one process per session",
  framing: "websocket",
  terminatesTls: true,
  command: async (listenPort, targetPort, _folder, certificate) => [
    "websockify",
    ...(certificate === undefined ? [] : ["--ssl-only", "--cert", certificate.cert, "--key", certificate.key]),
    `127.0.0.1:${listenPort}`,
    `127.0.0.1:${targetPort}`,
  ],
});
