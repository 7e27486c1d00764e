import { decodedTwice, hasControlCharacter, isBelow, type UrlParameters } from "./url-parameters.ts";
import { UrlProblem } from "./url-problem.ts";

/** noVNC's default for `path`, so that proxies that route this path keep working. */
const DEFAULT_PATH = "websockify";

/**
 * The path at which a reverse proxy offers the gateway: what precedes `pagePath` in the page's own path. With a proxy that
 * changes paths in other ways, the page's folder.
 */
function mountPoint({ pathname }: URL, pagePath: string): string {
  if (pagePath !== "" && pathname.endsWith(pagePath)) return `${pathname.slice(0, pathname.length - pagePath.length)}/`;
  return pathname.slice(0, pathname.lastIndexOf("/") + 1);
}

/**
 * Resolves the `path` parameter to a WebSocket URL of the page's own gateway. `path` is relative to where the gateway is
 * mounted, also with a slash before it: outside, the page would act on another application with the user's cookies. It may
 * carry a query, as in Nova's `path=?token=…`.
 *
 * @param pagePath - the page's path as the gateway sees it, such as `/console/`
 * @throws UrlProblem when `host`, `port` or `encrypt` name another origin, or `path` leads outside the gateway
 */
export function resolveSocketUrl(parameters: UrlParameters, page: URL, pagePath: string): URL {
  checkHost(parameters, page);
  const path = decodedTwice(parameters.get("path") ?? DEFAULT_PATH);
  const problem = new UrlProblem("path_elsewhere", "path", withoutQuery(path));
  // The URL parser drops line breaks and reads "\" as "/", so "/\host" would name another host.
  if (hasControlCharacter(path) || path.includes("\\") || path.trimStart().startsWith("//")) throw problem;
  if (/^\s*[a-z][a-z\d+.-]*:/i.test(path)) throw problem;
  const base = new URL(mountPoint(page, pagePath), page.origin);
  const relative = path.trimStart().replace(/^\//, "");
  if (!URL.canParse(relative, base.href)) throw problem;
  const url = new URL(relative, base);
  if (url.origin !== page.origin || !isBelow(url.pathname, base.pathname)) throw problem;
  url.hash = "";
  url.protocol = page.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

function checkHost(parameters: UrlParameters, page: URL): void {
  const host = parameters.get("host");
  if (host !== undefined && host !== "") {
    const wanted = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
    if (wanted !== page.hostname.replace(/^\[(.*)\]$/, "$1")) throw new UrlProblem("host_elsewhere", "host", host);
  }
  const port = parameters.get("port");
  if (port !== undefined && port !== "") {
    const own = page.port === "" ? (page.protocol === "https:" ? "443" : "80") : page.port;
    if (port !== own) throw new UrlProblem("port_elsewhere", "port", port);
  }
  const encrypt = parameters.get("encrypt");
  if (encrypt !== undefined && encrypt !== "") {
    const wanted = { "1": true, true: true, "0": false, false: false }[encrypt.toLowerCase()];
    if (wanted !== (page.protocol === "https:")) throw new UrlProblem("encrypt_mismatch", "encrypt", encrypt);
  }
}

/** The part before "?". The query may hold a token, which is never shown. */
function withoutQuery(path: string): string {
  return path.split("?", 1)[0] ?? "";
}
