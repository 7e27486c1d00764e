import { hasControlCharacter, isBelow } from "./url-parameters.ts";
import { UrlProblem } from "./url-problem.ts";

/**
 * Resolves the `renew` parameter: the URL that hands out new tokens.
 *
 * It is a path on the page's own origin, or an absolute http(s) URL on an origin in `console.allowed_origins`, at or below
 * one of `console.renew_paths`. Anything else is refused, so that a crafted URL cannot make the page send the user's
 * cookies elsewhere.
 *
 * @param paths - empty where the operator has allowed no path: then `renew` is not used
 * @returns undefined if `paths` is empty
 * @throws UrlProblem of kind `renew_elsewhere`
 */
export function resolveRenewUrl(
  value: string,
  page: URL,
  allowedOrigins: readonly string[],
  paths: readonly string[],
): URL | undefined {
  const problem = new UrlProblem("renew_elsewhere", "renew", value);
  if (hasControlCharacter(value) || value.includes("\\") || value.startsWith("//")) throw problem;
  const isAbsolute = /^https?:\/\//i.test(value);
  if (!isAbsolute && !value.startsWith("/")) throw problem;
  if (!URL.canParse(value, page.origin)) throw problem;
  const url = new URL(value, page.origin);
  if (url.username !== "" || url.password !== "") throw problem;
  if (url.origin !== page.origin && !allowedOrigins.includes(url.origin)) throw problem;
  if (paths.length === 0) return undefined;
  if (!paths.some((path) => isBelow(url.pathname, path))) throw problem;
  url.hash = "";
  return url;
}
