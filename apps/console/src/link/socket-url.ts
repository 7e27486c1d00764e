import { hasControlCharacter, type LinkParameters } from "./parameters.ts";
import { LinkProblem } from "./problem.ts";

/** noVNC's default for `path`, so that proxies which route that path keep working. */
const defaultPath = "websockify";

/** The folder that the gateway is mounted at: the page's folder, without the page's own `console/`. */
function mountPoint(page: URL): string {
  const folder = page.pathname.slice(0, page.pathname.lastIndexOf("/") + 1);
  return folder.endsWith("/console/") ? folder.slice(0, -"console/".length) : folder;
}

/**
 * The WebSocket address of the link's `path`, on the page's own host. `path` may carry a query, as
 * in Nova's `path=?token=…`.
 *
 * @throws LinkProblem when `path`, `host`, `port` or `encrypt` name any other place
 */
export function resolveSocketUrl(parameters: LinkParameters, page: URL): URL {
  checkHost(parameters, page);
  const path = parameters.get("path") ?? defaultPath;
  const problem = new LinkProblem("path_elsewhere", "path", withoutQuery(path));
  // The parser below drops line breaks and takes "\" for "/", so "/\host" would name another host.
  if (hasControlCharacter(path) || path.includes("\\") || path.trimStart().startsWith("//")) throw problem;
  if (/^\s*[a-z][a-z\d+.-]*:/i.test(path)) throw problem;
  const base = new URL(mountPoint(page), page.origin);
  if (!URL.canParse(path, base.href)) throw problem;
  const url = new URL(path, base);
  if (url.origin !== page.origin) throw problem;
  url.hash = "";
  url.protocol = page.protocol === "https:" ? "wss:" : "ws:";
  return url;
}

function checkHost(parameters: LinkParameters, page: URL): void {
  const host = parameters.get("host");
  if (host !== undefined && host !== "") {
    const wanted = host.toLowerCase().replace(/^\[(.*)\]$/, "$1");
    if (wanted !== page.hostname.replace(/^\[(.*)\]$/, "$1")) throw new LinkProblem("host_elsewhere", "host", host);
  }
  const port = parameters.get("port");
  if (port !== undefined && port !== "") {
    const own = page.port === "" ? (page.protocol === "https:" ? "443" : "80") : page.port;
    if (port !== own) throw new LinkProblem("port_elsewhere", "port", port);
  }
  const encrypt = parameters.get("encrypt");
  if (encrypt !== undefined && encrypt !== "") {
    const wanted = { "1": true, true: true, "0": false, false: false }[encrypt.toLowerCase()];
    if (wanted !== (page.protocol === "https:")) throw new LinkProblem("encrypt_mismatch", "encrypt", encrypt);
  }
}

/** The part before "?": the query may hold a token, which is never shown. */
function withoutQuery(path: string): string {
  return path.split("?", 1)[0] ?? "";
}
