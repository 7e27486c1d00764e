import type { Grant } from "../tokens/grant.ts";

/**
 * The address that opens a console in a browser. The token is in the fragment, which browsers
 * neither send to a server nor include in `Referer`.
 */
export function consoleUrl(base: string, token: string, grant: Pick<Grant, "type" | "name">): string {
  const query = new URLSearchParams({ type: grant.type });
  if (grant.name !== undefined) query.set("name", grant.name);
  return `${base.replace(/\/+$/, "")}/console/?${query.toString()}#token=${encodeURIComponent(token)}`;
}
