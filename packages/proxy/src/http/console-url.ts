import type { Grant } from "../tokens/grant.ts";

/**
 * The address that opens a console in a browser. The token is in the fragment, which browsers
 * neither send to a server nor include in `Referer`.
 */
export function consoleUrl(base: string, token: string, grant: Pick<Grant, "type" | "name" | "access">): string {
  const query = new URLSearchParams({ type: grant.type });
  if (grant.name !== undefined) query.set("name", grant.name);
  if (grant.access === "view") query.set("view_only", "1");
  return `${base.replace(/\/+$/, "")}/console/?${query.toString()}#token=${encodeURIComponent(token)}`;
}

/**
 * The address at which an application of its own opens consoles, with a token in the list of subprotocols (PROTOCOL.md,
 * section 1.1).
 *
 * @param base - an `http:` or `https:` URL.
 */
export function socketUrl(base: string): string {
  return `${base.replace(/^http/, "ws").replace(/\/+$/, "")}/websockify`;
}
