import type { IncomingMessage } from "node:http";
import { plainAddress } from "../../net/client-address.ts";
import type { TrustedProxies } from "../../net/trusted-proxies.ts";
import type { ConnectionGuard } from "../connection-guard.ts";
import { forwardedClient, type RequestClient } from "./forwarded-client.ts";

/** Why a request is not answered. */
export interface ClientRefusal {
  /** HTTP status. */
  readonly status: 400 | 429;
  readonly message: string;
}

const CONFLICT: ClientRefusal = {
  status: 400,
  message: "Forwarded and X-Forwarded-For name different clients; the proxy has to remove the one that it does not set",
};

const TOO_MANY: ClientRefusal = { status: 429, message: "this client has too many connections" };

/** Tells who sends requests. */
export class RequestClients {
  readonly #trusted: TrustedProxies;
  readonly #guard: ConnectionGuard;

  constructor(trusted: TrustedProxies, guard: ConnectionGuard) {
    this.#trusted = trusted;
    this.#guard = guard;
  }

  /** Who sent a request; from now on its connection counts for that client. */
  identify({ socket, headers }: Pick<IncomingMessage, "socket" | "headers">): RequestClient | ClientRefusal {
    const peer = plainAddress(socket.remoteAddress);
    if (!this.#trusted.has(peer)) return onlyAddress(peer);
    const header = this.#guard.proxyHeader(socket);
    const sender = header === undefined ? peer : header.source;
    const isProxied = sender !== undefined && this.#trusted.has(sender);
    const client = isProxied
      ? forwardedClient(sender, headers, this.#trusted)
      : // Other headers are the client's own.
        onlyAddress(sender ?? peer);
    if (client === undefined) return CONFLICT;
    if (!this.#guard.serves(socket, client.address)) return TOO_MANY;
    const traceparent = isProxied ? (headers["traceparent"] as string | undefined) : undefined;
    return { ...client, scheme: client.scheme ?? header?.scheme, traceparent };
  }
}

function onlyAddress(address: string): RequestClient {
  return { address, scheme: undefined, host: undefined };
}
