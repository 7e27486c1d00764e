import { FALLBACK_SUBPROTOCOL, MAX_CONTROL_BYTES, SUBPROTOCOL } from "@curfew/protocol";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { BufferPool } from "../net/buffer-pool.ts";
import type { SessionRegistry } from "../sessions/registry.ts";
import { WebSocketConnection } from "../websocket/connection.ts";
import { acceptOffer, readOffer } from "../websocket/handshake.ts";
import { type AllowedOrigin, originAllowed } from "../net/origin.ts";
import { requestToken } from "./request-token.ts";

export interface UpgradeOptions {
  readonly sessions: SessionRegistry;
  readonly allowedOrigins: readonly AllowedOrigin[];
  /** Whether the gateway is shutting down and takes no new sessions. */
  readonly draining: () => boolean;
}

/** Takes over an upgrade, with the arguments of the `upgrade` event of an HTTP server. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Handles upgrade requests on any path, as Nova does. A browser cannot read the HTTP status of a
 * refused upgrade, so a well-formed one is accepted and then closed with the reason; malformed
 * requests and foreign origins get a plain HTTP error before any WebSocket exists.
 */
export function createUpgradeHandler({ sessions, allowedOrigins, draining }: UpgradeOptions): UpgradeHandler {
  const buffers = new BufferPool();
  return (request, socket, head) => {
    // Until the connection listens for itself, a client that vanishes must not be fatal.
    socket.on("error", ignore);
    if (!originAllowed(request.headers.origin, request.headers.host, allowedOrigins)) {
      return refuseRequest(socket, 403, "The Origin of this page may not open consoles here.");
    }
    const offer = readOffer(request);
    if ("status" in offer) return refuseRequest(socket, offer.status, offer.message, offer.headers);
    const subprotocol = selectSubprotocol(offer.subprotocols);
    // Without TCP keepalive, which costs four system calls: the pings of the WebSocket notice a client that is gone.
    if (socket instanceof Socket) socket.setNoDelay(true);
    const address = request.socket.remoteAddress ?? "";
    const text = subprotocol === SUBPROTOCOL ? CONTROL : CONSOLE_BYTES;
    const connection = new WebSocketConnection(socket, head, { subprotocol, text, buffers });
    acceptOffer(connection.stream, offer.key, subprotocol);
    const client = { connection, address, origin: request.headers.origin };
    if (draining()) sessions.refuse(client, "server_draining", "the gateway is shutting down");
    else sessions.open(client, requestToken(request));
  };
}

/** Picks `curfew.v1`, else `binary`, else none; an entry that carries a token is never picked. */
function selectSubprotocol(offered: readonly string[]): string | undefined {
  return [SUBPROTOCOL, FALLBACK_SUBPROTOCOL].find((name) => offered.includes(name));
}

/** How text frames are read: as control messages with `curfew.v1`, as console bytes from stock clients. */
const CONTROL = { isControl: true, maxBytes: MAX_CONTROL_BYTES };
const CONSOLE_BYTES = { isControl: false, maxBytes: 0 };

function ignore(): void {}

/** Answers an upgrade request with a plain HTTP error and closes the connection. */
export function refuseRequest(socket: Duplex, status: number, message: string, headers = ""): void {
  socket.on("error", ignore).once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      `Connection: close\r\n${headers}` +
      "Content-Type: text/plain; charset=utf-8\r\n" +
      `Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  );
}
