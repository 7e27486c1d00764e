import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createServer as createTlsServer } from "node:tls";
import type { Endpoint } from "../../src/net/endpoint.ts";
import { TestCertificate } from "./certificate.ts";

/** What listens at an endpoint of some type. */
export interface EndpointServer extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** Entry of `targets.allow` that the endpoint needs. */
  readonly allow: string;
  /** The certificate to trust, as PEM; undefined without TLS. */
  readonly ca: string | undefined;
  readonly sockets: readonly Socket[];
}

/** Listens at a free endpoint; `serve` gets each connection. */
export async function listenAtEndpoint(
  type: Endpoint["type"],
  serve: (socket: Socket) => void,
): Promise<EndpointServer> {
  const sockets: Socket[] = [];
  const accept = (socket: Socket): void => {
    sockets.push(socket.on("error", () => {}));
    serve(socket);
  };
  using cleanup = new DisposableStack();
  const certificate = type === "tls" ? cleanup.use(await TestCertificate.create()) : undefined;
  const server = certificate === undefined ? createServer(accept) : createTlsServer(certificate.pair, accept);
  const folder = type === "unix" ? realpathSync(mkdtempSync(join(tmpdir(), "curfew-sockets-"))) : undefined;
  if (folder !== undefined) cleanup.defer(() => rmSync(folder, { recursive: true, force: true }));
  const path = folder && join(folder, "console.sock");
  server.listen(path === undefined ? { host: "127.0.0.1", port: 0 } : { path });
  await once(server, "listening");
  const resources = cleanup.move();
  const port = path === undefined ? (server.address() as AddressInfo).port : 0;
  const endpoint: Endpoint =
    path !== undefined ? { type: "unix", path } : { type: type === "tls" ? "tls" : "tcp", host: "127.0.0.1", port };
  return {
    endpoint,
    allow: folder === undefined ? "127.0.0.1" : `unix:${folder}/`,
    ca: certificate?.pem,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
      resources.dispose();
    },
  };
}
