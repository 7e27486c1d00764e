import { hkdfSync } from "node:crypto";
import type { Server } from "node:https";

/** How long one key encrypts tickets, in milliseconds. After that a client makes a full handshake again. */
const PERIOD_MS = 12 * 60 * 60 * 1000;

/** What Node takes: a name and two keys of 16 bytes each. */
const LENGTH = 48;

/**
 * The keys that encrypt TLS session tickets (RFC 5077) at a time. Processes with the same secret have the same keys, so
 * that a client can resume at any worker.
 *
 * @param secret - random bytes that exist only in memory.
 * @param now - milliseconds since the epoch.
 */
export function ticketKeys(secret: Buffer, now: number): Buffer {
  const period = Math.floor(now / PERIOD_MS);
  return Buffer.from(hkdfSync("sha256", secret, "", `curfew TLS session tickets ${period}`, LENGTH));
}

/**
 * Gives a server the keys of each period until it is closed.
 *
 * @returns gives them to it once more: a new secure context has keys of its own.
 */
export function rotateTicketKeys(server: Server, secret: Buffer): () => void {
  let timer: NodeJS.Timeout | undefined;
  const rotate = (): void => {
    const now = Date.now();
    server.setTicketKeys(ticketKeys(secret, now));
    timer = setTimeout(rotate, PERIOD_MS - (now % PERIOD_MS)).unref();
  };
  rotate();
  server.once("close", () => clearTimeout(timer));
  return () => server.setTicketKeys(ticketKeys(secret, Date.now()));
}
