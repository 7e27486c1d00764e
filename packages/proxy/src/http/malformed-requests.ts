import type { Server } from "node:http";
import type { Socket } from "node:net";
import { plainAddress } from "../net/client-address.ts";
import { refuseRequest } from "./upgrade.ts";
import type { RequestOrder } from "./request-order.ts";

/** What is wrong with a request, or with what a connection brought instead of one, as a label of a metric. */
export const REQUEST_FAULTS = ["password", "http", "headers", "timeout", "tls"] as const;

/** What came instead of a request. */
export interface MalformedRequest {
  readonly fault: keyof typeof STATUSES | "method";
  readonly message: string;
  readonly clientAddress: string;
}

/** What failed in TLS cannot be answered. */
const STATUSES = { http: 400, headers: 431, timeout: 408, tls: undefined } as const;

type Found = Pick<MalformedRequest, "message"> & { readonly fault: keyof typeof STATUSES };

/** Answers what is no HTTP request, as Node does by itself, and tells of it. */
export function refuseMalformedRequests(
  server: Server,
  order: RequestOrder,
  refused: (request: MalformedRequest) => void,
): void {
  server.on("clientError", (error: NodeJS.ErrnoException, socket: Socket) => {
    const found = faultOf(error);
    if (found !== undefined) refused({ ...found, clientAddress: addressOf(socket) });
    // In the middle of another answer, this one would be part of it.
    const status = found && STATUSES[found.fault];
    if (found === undefined || status === undefined || !socket.writable || !order.canAnswer(socket)) socket.destroy();
    else refuseRequest(socket, status, found.message);
  });
}

const BELOW = "_parent";

/** A TLS socket whose handshake failed has forgotten its client; the one below it, not a documented part, has not. */
function addressOf(socket: Socket & { readonly [BELOW]?: Socket | null }): string {
  return plainAddress(socket.remoteAddress ?? socket[BELOW]?.remoteAddress);
}

/** @returns undefined for a connection that only broke. */
function faultOf({ code = "", message }: NodeJS.ErrnoException): Found | undefined {
  if (code === "HPE_HEADER_OVERFLOW") return { fault: "headers", message: "expected headers below 16 KiB" };
  if (code === "ERR_HTTP_REQUEST_TIMEOUT") return { fault: "timeout", message: "expected a whole request in time" };
  if (code.startsWith("HPE_") && code !== "HPE_INVALID_EOF_STATE") {
    return { fault: "http", message: `expected HTTP: ${message}` };
  }
  return /^ERR_(SSL|TLS)_/.test(code) ? { fault: "tls", message: `the TLS handshake failed: ${code}` } : undefined;
}
