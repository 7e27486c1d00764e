import { SUBPROTOCOL } from "@curfew/protocol";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { WebSocketServer } from "ws";
import { LAST_BYTES_MS } from "../sessions/closing.ts";
import type { SessionRegistry } from "../sessions/registry.ts";
import { type AllowedOrigin, originAllowed } from "./origin.ts";
import { selectSubprotocol } from "./subprotocol.ts";
import { requestToken } from "./token.ts";

/**
 * The largest message that is taken from a client, in bytes: the bound of what one session may hold
 * in memory. Larger ones end with 1009 (RFC 6455, section 7.4.1).
 */
const MAX_MESSAGE_BYTES = 1024 * 1024;

/** For a client that closes but keeps the connection. Apart, because @types/ws lacks the option. */
const CLOSING = { closeTimeout: LAST_BYTES_MS };

export interface UpgradeOptions {
  readonly sessions: SessionRegistry;
  readonly allowedOrigins: readonly AllowedOrigin[];
  /** Whether the gateway is shutting down and takes no new sessions. */
  readonly draining: () => boolean;
}

export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Handles upgrade requests on any path, as Nova does. A browser cannot read the HTTP status of a
 * refused upgrade, so a well-formed one is accepted and then closed with the reason; malformed
 * requests and foreign origins get a plain HTTP error before any WebSocket exists.
 */
export function createUpgradeHandler({ sessions, allowedOrigins, draining }: UpgradeOptions): UpgradeHandler {
  const server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    perMessageDeflate: false,
    maxPayload: MAX_MESSAGE_BYTES,
    ...CLOSING,
    handleProtocols: selectSubprotocol,
  });
  return (request, socket, head) => {
    // Until the WebSocket takes the socket over, a client that vanishes must not be fatal.
    socket.on("error", ignore);
    if (!originAllowed(request.headers.origin, request.headers.host, allowedOrigins)) {
      return refuseRequest(socket, 403, "The Origin of this page may not open consoles here.");
    }
    server.handleUpgrade(request, socket, head, (webSocket) => {
      socket.off("error", ignore);
      if (socket instanceof Socket) socket.setNoDelay(true).setKeepAlive(true, 30_000);
      const client = {
        socket: webSocket,
        stream: socket,
        speaksControl: webSocket.protocol === SUBPROTOCOL,
        address: request.socket.remoteAddress ?? "",
      };
      if (draining()) sessions.refuse(client, "server_draining", "the gateway is shutting down");
      else sessions.open(client, requestToken(request));
    });
  };
}

function ignore(): void {}

/** Answers an upgrade request with a plain HTTP error and closes the connection. */
export function refuseRequest(socket: Duplex, status: number, message: string): void {
  socket.on("error", ignore).once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      "Connection: close\r\n" +
      "Content-Type: text/plain; charset=utf-8\r\n" +
      `Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  );
}
