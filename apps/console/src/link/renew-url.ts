import { hasControlCharacter } from "./parameters.ts";
import { LinkProblem } from "./problem.ts";

/**
 * The address that hands out new tokens, from a link's `renew` parameter.
 *
 * It is a path on the page's own origin, or an absolute http(s) URL whose origin the gateway's
 * operator listed (`console.allowed_origins`), at one of the paths that the operator listed
 * (`console.renew_paths`). Everything else is refused, so that nobody can make the page send a
 * visitor's cookies to a place of their choice.
 *
 * @throws LinkProblem of kind `renew_elsewhere`
 */
export function resolveRenewUrl(
  value: string,
  page: URL,
  allowedOrigins: readonly string[],
  paths: readonly string[],
): URL {
  const problem = new LinkProblem("renew_elsewhere", "renew", value);
  if (hasControlCharacter(value) || value.includes("\\") || value.startsWith("//")) throw problem;
  const isAbsolute = /^https?:\/\//i.test(value);
  if (!isAbsolute && !value.startsWith("/")) throw problem;
  if (!URL.canParse(value, page.origin)) throw problem;
  const url = new URL(value, page.origin);
  if (url.username !== "" || url.password !== "") throw problem;
  if (url.origin !== page.origin && !allowedOrigins.includes(url.origin)) throw problem;
  if (!paths.some((path) => isBelow(url.pathname, path))) throw problem;
  url.hash = "";
  return url;
}

/** Whether a path is `place` or below it. `/` is every path. */
function isBelow(path: string, place: string): boolean {
  if (place === "/") return true;
  // Ways up that a URL keeps, but some servers follow: `..;`, `..%2f`.
  if (/(?:\.|%2e){2}|%5c/i.test(path)) return false;
  return path === place || path.startsWith(place.endsWith("/") ? place : `${place}/`);
}

/**
 * The origins in `<meta name="curfew-allowed-origins" content="…">`: space separated, each an exact
 * `scheme://host[:port]`, or `host[:port]`, which stands for the page's own scheme and for https.
 * Anything else in the list, wildcards included, is passed over.
 *
 * @param pageProtocol the page's own scheme, as in `location.protocol`
 */
export function parseAllowedOrigins(content: string, pageProtocol: string): string[] {
  const entries = content.split(/\s+/).flatMap((entry) => {
    const schemes = /^https?:\/\//i.test(entry) ? [""] : [`${pageProtocol}//`, "https://"];
    return schemes.map((scheme) => scheme + entry);
  });
  const origins = entries
    .filter((entry) => /^https?:\/\/[^*\s]+$/i.test(entry) && URL.canParse(entry))
    .map((entry) => new URL(entry))
    .filter((url) => url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "")
    .map((url) => url.origin);
  return [...new Set(origins)];
}
