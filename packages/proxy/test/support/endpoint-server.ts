import { once } from "node:events";
import { mkdtempSync, realpathSync, rmSync } from "node:fs";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createSecureContext, createServer as createTlsServer } from "node:tls";
import { type Endpoint, parseEndpoint } from "../../src/net/endpoint.ts";
import type { TargetTls } from "../../src/targets/target-tls.ts";
import { TestCertificate } from "./certificate.ts";
import type { TargetTransport } from "./transport.ts";

/** A folder for Unix sockets. */
export class SocketFolder implements Disposable {
  readonly path: string = realpathSync(mkdtempSync(join(tmpdir(), "curfew-sockets-")));

  [Symbol.dispose](): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}

/** What listens at an endpoint of some type. */
export interface EndpointServer extends AsyncDisposable {
  readonly endpoint: Endpoint;
  /** The endpoint as text. */
  readonly address: string;
  /** Entry of `targets.allow` that the endpoint needs. */
  readonly allow: string;
  /** The certificate to trust, as PEM; undefined without TLS. */
  readonly ca: string | undefined;
  readonly sockets: readonly Socket[];
}

/** What trusts this certificate, in PEM; what Node trusts where there is none. */
export function trusting(ca: string | undefined): TargetTls {
  return ca === undefined ? {} : { context: async () => createSecureContext({ ca }) };
}

/** Listens at a free endpoint of this type, with a certificate or folder of its own; `serve` gets each connection. */
export async function listenAtEndpoint(
  type: Endpoint["type"],
  serve: (socket: Socket) => void,
): Promise<EndpointServer> {
  const certificate = type === "tls" ? await TestCertificate.create() : undefined;
  const folder = type === "unix" ? new SocketFolder() : undefined;
  const dispose = (): void => {
    certificate?.[Symbol.dispose]();
    folder?.[Symbol.dispose]();
  };
  try {
    const server = await listen({ type, certificate, folder: folder?.path }, serve);
    return {
      ...server,
      async [Symbol.asyncDispose]() {
        await server[Symbol.asyncDispose]();
        dispose();
      },
    };
  } catch (error) {
    dispose();
    throw error;
  }
}

let paths = 0;

/** Listens at a free endpoint; `serve` gets each connection. */
export async function listen(
  { certificate, folder }: TargetTransport,
  serve: (socket: Socket) => void,
): Promise<EndpointServer> {
  const sockets: Socket[] = [];
  const accept = (socket: Socket): void => {
    sockets.push(socket.on("error", () => {}));
    serve(socket);
  };
  const server = certificate === undefined ? createServer(accept) : createTlsServer(certificate.pair, accept);
  const path = folder && join(folder, `console-${(paths += 1)}`);
  server.listen(path === undefined ? { host: "127.0.0.1", port: 0 } : { path });
  await once(server, "listening");
  const port = path === undefined ? (server.address() as AddressInfo).port : 0;
  const address = path === undefined ? `${certificate ? "tls://" : ""}127.0.0.1:${port}` : `unix:${path}`;
  return {
    endpoint: parseEndpoint(address),
    address,
    allow: folder === undefined ? "127.0.0.1" : `unix:${folder}/`,
    ca: certificate?.pem,
    sockets,
    async [Symbol.asyncDispose]() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, "close");
    },
  };
}
