import { CloseCode, type ServerCloseReason } from "@curfew/protocol";

/** How long a client has to complete the closing handshake (RFC 6455, section 7.1.4), in milliseconds. */
const CLOSING_HANDSHAKE_MS = 2000;

/** How long a client has to read the last bytes of a target that closed, in milliseconds. */
const LAST_BYTES_MS = 10_000;

/**
 * The close code of an end, and how long the client has to complete the closing handshake.
 *
 * @param hasControl - whether the client chose `curfew.v1`.
 * @param leftMs - how long something may still pass: the time to the deadline.
 */
export function closeFrame(
  reason: ServerCloseReason,
  hasControl: boolean,
  leftMs: number,
): { readonly code: number; readonly graceMs: number } {
  if (reason !== "target_closed") return { code: CloseCode[reason], graceMs: CLOSING_HANDSHAKE_MS };
  // A slow client may need a while for what the target sent last; even so nothing passes after the deadline. Stock
  // clients expect 1000 when a target ends, as websockify and Nova send it.
  return { code: hasControl ? CloseCode[reason] : 1000, graceMs: Math.min(LAST_BYTES_MS, leftMs) };
}
