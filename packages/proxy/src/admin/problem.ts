import type { Context } from "hono";

const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  403: "Forbidden",
  404: "Not Found",
  409: "Conflict",
  413: "Content Too Large",
  422: "Unprocessable Content",
  429: "Too Many Requests",
  500: "Internal Server Error",
  501: "Not Implemented",
  503: "Service Unavailable",
} as const;

/** Under this name, the request's context has the `detail` of its error response. */
export const PROBLEM_DETAIL = "problemDetail";

/**
 * An error response as problem details (RFC 9457); `c.json` would set the media type `application/json`.
 *
 * @param extension - further members of the body.
 */
export function problem(
  c: Context,
  status: keyof typeof TITLES,
  detail: string,
  extension: Readonly<Record<string, unknown>> = {},
): Response {
  c.set(PROBLEM_DETAIL, detail);
  const body = JSON.stringify({ title: TITLES[status], status, detail, ...extension });
  return c.body(body, status, { "Content-Type": "application/problem+json" });
}

/**
 * The path of a request as the log and the audit trail have it. By mistake it may have a token in place of an id: what
 * follows the collection is cut, unless something was found there.
 */
export function toldPath({ req: { path }, res: { status } }: Context): string {
  return status < 300 ? path : path.split("/", 3).join("/");
}
