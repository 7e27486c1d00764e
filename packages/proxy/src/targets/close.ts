import type { Socket } from "node:net";

/** How long a client has to complete the closing handshake (RFC 6455, section 7.1.4), in milliseconds. */
export const CLOSING_HANDSHAKE_MS = 2000;

/** How long a client has to read the last bytes of a target that closed, in milliseconds. */
export const LAST_BYTES_MS = 10_000;

/**
 * Ends the connection to the target: at once, or after what the client sent last was delivered, for
 * which there is `flushMs`. Closing a socket with unread input resets the connection, and so throws
 * away what is still on its way; so the target's own end is awaited, and what it sends is dropped.
 */
export function closeTarget(target: Socket, flushMs: number): void {
  const nothingSent = target.connecting && target.writableLength === 0;
  if (nothingSent || flushMs <= 0) {
    target.destroy();
    return;
  }
  const timer = setTimeout(() => target.destroy(), Math.min(flushMs, CLOSING_HANDSHAKE_MS));
  target.once("close", () => clearTimeout(timer));
  target.resume();
  target.end();
}
