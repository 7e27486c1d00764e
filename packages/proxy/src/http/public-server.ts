import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerOptions } from "node:http";
import type { Logger } from "../telemetry/log.ts";
import type { ConnectionGuard } from "./connection-guard.ts";
import { ignoreExpectations } from "./request-order.ts";
import type { TlsOptions } from "./tls/server.ts";

/** How long a client may take to send a request, in milliseconds. The page has none with a body. */
const REQUEST_MS = 10_000;

/** How often that is looked at, in milliseconds. */
const LOOK_MS = 1000;

/** How a public listener speaks. */
export interface PublicServerOptions {
  /** Undefined for plain HTTP. */
  readonly tls: TlsOptions | undefined;
  readonly handler: RequestListener;
  readonly guard: ConnectionGuard;
  readonly log: Logger;
  /** Told of each certificate that comes into use. */
  readonly certificateUsed: (validTo: Date) => void;
}

/** What {@link createPublicServer} makes. */
export interface PublicServer {
  readonly server: Server;
  /** Takes a changed certificate into use at once, and these authorities of clients' certificates (PEM). */
  readonly reloadCertificate: (clientCa: string | undefined) => Promise<void>;
  /** Destroys connections that the server does not know of yet, and would wait for when it closes. */
  readonly destroyUnknown: () => void;
}

/**
 * The server that browsers connect to, which does not listen yet. TLS is loaded only where it is spoken, so that a
 * plain gateway starts faster.
 *
 * @throws Error naming what is wrong with the certificate.
 */
export async function createPublicServer({ tls, guard, ...options }: PublicServerOptions): Promise<PublicServer> {
  const http: ServerOptions = {
    // Another upgrade than to WebSocket, such as a curl's to HTTP/2, is an ordinary request; so is one in HTTP/1.0
    // (RFC 9110, section 7.8).
    shouldUpgradeCallback: ({ headers, httpVersion }: IncomingMessage): boolean =>
      httpVersion !== "1.0" && /^websocket$/i.test(headers.upgrade ?? ""),
    headersTimeout: REQUEST_MS,
    requestTimeout: REQUEST_MS,
    connectionsCheckingInterval: LOOK_MS,
  };
  const tlsServer =
    tls === undefined ? undefined : await (await import("./tls/server.ts")).createTlsServer(tls, { http, ...options });
  const server = tlsServer ?? createServer(http, options.handler);
  ignoreExpectations(server);
  return {
    server,
    reloadCertificate: async (clientCa) => await tlsServer?.reloadCertificate(clientCa),
    destroyUnknown: guard.watch(server),
  };
}
