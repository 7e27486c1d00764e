import { FALLBACK_SUBPROTOCOL, MAX_CONTROL_BYTES, SUBPROTOCOL } from "@curfew/protocol";
import { type IncomingMessage, STATUS_CODES } from "node:http";
import { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { CONSOLE_TYPES } from "../consoles/index.ts";
import { EndError } from "../end-reason.ts";
import { BufferPool } from "../net/buffer-pool.ts";
import { plainAddress } from "../net/client-address.ts";
import type { SessionRegistry } from "../sessions/registry.ts";
import type { EventSink } from "../telemetry/events.ts";
import { WebSocketConnection } from "../websocket/connection.ts";
import { acceptOffer, readOffer, type Refusal } from "../websocket/handshake.ts";
import { type AllowedOrigin, originAllowed } from "../net/origin.ts";
import { type AccessOptions, CHALLENGE, createAccessCheck, reportWrongPassword } from "./access.ts";
import type { ConnectionGuard } from "./connection-guard.ts";
import type { RequestClients } from "./forwarding/request-clients.ts";
import type { RequestOrder } from "./request-order.ts";
import { readTarget } from "./request-target.ts";
import { clientSubject } from "./tls/client-certificate.ts";
import { TOKEN_READERS, type TokenPlace } from "./request-token.ts";
import type { ConsoleType } from "../tokens/grant.ts";

export interface UpgradeOptions {
  readonly sessions: SessionRegistry;
  readonly allowedOrigins: readonly AllowedOrigin[];
  /** Whether the gateway is shutting down and takes no new sessions. */
  readonly draining: () => boolean;
  readonly order: RequestOrder;
  readonly guard: ConnectionGuard;
  readonly clients: RequestClients;
  /** Whether clients need a certificate. */
  readonly needsCertificate: boolean;
  /** What else they need. */
  readonly access: AccessOptions;
  /** What of a request is its token. */
  readonly tokenFrom: TokenPlace;
  readonly events: EventSink;
}

/** Takes over an upgrade, with the arguments of the `upgrade` event of an HTTP server. */
export type UpgradeHandler = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/**
 * Handles upgrade requests on any path, as Nova does. A browser cannot read the HTTP status of a
 * refused upgrade, so a well-formed one is accepted and then closed with the reason; only malformed
 * requests get a plain HTTP error.
 */
export function createUpgradeHandler(options: UpgradeOptions): UpgradeHandler {
  const { sessions, allowedOrigins, draining, order, guard, clients, needsCertificate, events } = options;
  const checkAccess = createAccessCheck(options.access);
  const hasOwnOrigins = options.access.origins !== null;
  const buffers = new BufferPool();
  const upgrade: UpgradeHandler = (request, socket, head) => {
    const sender = clients.identify(request);
    if ("status" in sender) {
      if (sender.status === 400) {
        const clientAddress = plainAddress(request.socket.remoteAddress);
        events.notify({ type: "upgrade_refused", fault: "forwarded", message: sender.message, clientAddress });
      }
      return refuseRequest(socket, sender.status, sender.message);
    }
    const { address, scheme, traceparent } = sender;
    const target = readTarget(request);
    // A CONNECT request has a target of another form, but what is wrong with it is the method.
    const offer = target === undefined && request.method === "GET" ? BAD_TARGET : readOffer(request);
    if (target === undefined || "status" in offer) {
      const { fault, message, status, headers } = offer as Refusal;
      events.notify({ type: "upgrade_refused", fault, message, clientAddress: address });
      return refuseRequest(socket, status, message, headers);
    }
    const refusal = checkAccess(request);
    if (refusal?.reason === "unauthorized") {
      return askForPassword({ socket, message: refusal.message, request, events, clientAddress: address });
    }
    const subprotocol = selectSubprotocol(offer.subprotocols);
    // Without TCP keepalive, which costs four system calls: the pings of the WebSocket notice a client that is gone.
    if (socket instanceof Socket) socket.setNoDelay(true);
    const slot = guard.take(request.socket);
    const text = subprotocol === SUBPROTOCOL ? CONTROL : CONSOLE_BYTES;
    const connection = new WebSocketConnection(socket, head, { subprotocol, text, buffers, turns: sessions.turns });
    if (slot !== undefined) guard.hold(slot, connection.stream);
    acceptOffer(connection.stream, offer.key, subprotocol);
    const { origin } = request.headers;
    const certificate = needsCertificate ? clientSubject(request.socket) : undefined;
    const client = {
      connection,
      address,
      origin,
      scheme,
      traceparent,
      consoleType: requestedType(target.query),
      certificate,
      ...(slot !== undefined && { onAuthenticated: () => guard.slots.authenticate(slot) }),
    };
    const isOwnOrigin = hasOwnOrigins || originAllowed(origin, sender.host ?? target.host, allowedOrigins);
    if (refusal?.reason === "origin" || !isOwnOrigin) {
      sessions.refuse(client, originRefused(hasOwnOrigins, origin));
    } else if (needsCertificate && certificate === undefined) {
      sessions.refuse(client, new EndError("forbidden", "a client certificate is required"));
    } else if (refusal !== undefined) {
      sessions.refuse(client, new EndError("forbidden", refusal.message));
    } else if (draining()) sessions.refuse(client, new EndError("server_draining", "the gateway is shutting down"));
    else sessions.open(client, TOKEN_READERS[options.tokenFrom](request));
  };
  return (request, socket, head) => {
    // Until the connection listens for itself, a client that vanishes must not be fatal.
    socket.on("error", ignore);
    order.afterAnswers(socket, head, (rest) => upgrade(request, socket, rest));
  };
}

/** What {@link askForPassword} needs. */
interface Unauthorized extends Pick<UpgradeOptions, "events"> {
  readonly request: IncomingMessage;
  readonly socket: Duplex;
  readonly message: string;
  readonly clientAddress: string;
}

/** Only an HTTP answer makes a browser ask its user. */
function askForPassword({ request, socket, message, events, clientAddress }: Unauthorized): void {
  reportWrongPassword(events, request, clientAddress);
  refuseRequest(socket, 401, message, CHALLENGE);
}

/** The type of console that a request asks for; undefined for most, which ask for none. */
function requestedType(query: string): ConsoleType | undefined {
  if (!query.includes("type=")) return undefined;
  const asked = new URLSearchParams(query).get("type");
  return CONSOLE_TYPES.find((type) => type === asked);
}

const BAD_TARGET: Refusal = {
  fault: "target",
  status: 400,
  message: "expected one Host, and a path or an http URL",
};

/** Picks `curfew.v1`, else `binary`, else none; an entry that carries a token is never picked. */
function selectSubprotocol(offered: readonly string[]): string | undefined {
  return [SUBPROTOCOL, FALLBACK_SUBPROTOCOL].find((name) => offered.includes(name));
}

/** How much of an origin is logged, in characters: a client may send any. */
const MAX_ORIGIN = 256;

/** How text frames are read: as control messages with `curfew.v1`, as console bytes from stock clients. */
const CONTROL = { isControl: true, maxBytes: MAX_CONTROL_BYTES };
const CONSOLE_BYTES = { isControl: false, maxBytes: 0 };

function originRefused(hasOwnOrigins: boolean, origin = ""): EndError {
  const option = hasOwnOrigins ? "access.origins" : "console.allowed_origins";
  const cause = `the origin ${origin.slice(0, MAX_ORIGIN)} is not in ${option}`;
  return new EndError("origin_not_allowed", "this site may not open consoles here", { cause });
}

function ignore(): void {}

/** Answers an upgrade request with a plain HTTP error and closes the connection. */
export function refuseRequest(
  socket: Duplex,
  status: number,
  message: string,
  headers: Readonly<Record<string, string>> = {},
): void {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  socket.on("error", ignore).once("finish", () => socket.destroy());
  socket.end(
    `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\n` +
      `Connection: ${"Upgrade" in headers ? "close, Upgrade" : "close"}\r\n${lines.join("")}` +
      "Content-Type: text/plain; charset=utf-8\r\n" +
      `Content-Length: ${Buffer.byteLength(message)}\r\n\r\n${message}`,
  );
}
