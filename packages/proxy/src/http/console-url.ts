import type { Grant } from "../tokens/grant.ts";

/**
 * The address that opens a console in a browser. The token stands in the fragment, which browsers
 * send to no server and put in no `Referer`.
 */
export function consoleUrl(base: string, token: string, grant: Pick<Grant, "type" | "name">): string {
  const query = new URLSearchParams({ type: grant.type });
  if (grant.name !== undefined) query.set("name", grant.name);
  return `${base.replace(/\/+$/, "")}/console/?${query.toString()}#token=${encodeURIComponent(token)}`;
}
