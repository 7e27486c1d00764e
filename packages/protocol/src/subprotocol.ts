/**
 * WebSocket subprotocol that turns on control messages. Offer it after {@link FALLBACK_SUBPROTOCOL}:
 * the gateway finds it anywhere, but websockify finds `binary` only in the first place.
 */
export const SUBPROTOCOL = "curfew.v1";

/** Subprotocol of stock noVNC and websockify clients: bytes only, no control messages. */
export const FALLBACK_SUBPROTOCOL = "binary";

/** Start of the list entry that carries a token; see {@link tokenSubprotocol}. */
export const TOKEN_SUBPROTOCOL_PREFIX = "curfew.token.";

/**
 * A subprotocol list entry that carries `token`, for clients that can set no header and want the
 * token out of the URL. The gateway reads it and never selects it.
 */
export function tokenSubprotocol(token: string): string {
  const bytes = String.fromCharCode(...new TextEncoder().encode(token));
  return TOKEN_SUBPROTOCOL_PREFIX + btoa(bytes).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

/** The token in a list entry, or `undefined` when `entry` is another subprotocol or is not base64url. */
export function tokenFromSubprotocol(entry: string): string | undefined {
  if (!entry.startsWith(TOKEN_SUBPROTOCOL_PREFIX)) return undefined;
  const encoded = entry.slice(TOKEN_SUBPROTOCOL_PREFIX.length);
  if (!/^[\w-]+$/.test(encoded)) return undefined;
  try {
    const bytes = atob(encoded.replaceAll("-", "+").replaceAll("_", "/"));
    return new TextDecoder("utf-8", { fatal: true }).decode(Uint8Array.from(bytes, (char) => char.charCodeAt(0)));
  } catch {
    return undefined;
  }
}
