import type { Context } from "hono";
import type { PageRequest } from "../paging.ts";

/** The page that the query of a request asks for; whether it can exist is checked by what lists. */
export function pageRequest(c: Context): PageRequest {
  const { limit, after } = c.req.query();
  return { after, limit: limit === undefined ? undefined : Number(limit.trim() || Number.NaN) };
}
