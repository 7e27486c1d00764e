import type { ConnectInfo } from "./model/connect-info.ts";

/** noVNC's default for `path`. */
const DEFAULT_PATH = "websockify";
/** The page of Curfew's gateway; what precedes it is where the gateway is mounted. */
const CURFEW_PAGE = "/console/";

/**
 * Where to connect for the URL of a console page, such as `authorize()` may return it:
 *
 * - of Nova: `…/vnc_lite.html?path=%3Ftoken%3D…`, `…/spice_auto.html?token=…` and the `ws:` or `wss:` URLs of serial
 *   consoles, also with what Horizon appends (`title`) and with the second `?` that Nova writes after an
 *   `access_url_base` with a query;
 * - of noVNC: `host`, `port`, `encrypt` and `path`, in the fragment or in the query;
 * - of Curfew: `…/console/?type=vnc#token=…`.
 *
 * `path` is relative to the page, so that the prefix of a reverse proxy is kept.
 *
 * @throws TypeError for a value that is not the URL of a page or WebSocket. The message contains no token.
 */
export function connectInfoOf(consoleUrl: string | URL): ConnectInfo {
  const page = parsePage(consoleUrl);
  if (page.protocol === "ws:" || page.protocol === "wss:") return { url: page.href };
  if (page.protocol !== "http:" && page.protocol !== "https:") {
    throw new TypeError(`the console URL has ${page.protocol}, expected http:, https:, ws: or wss:`);
  }
  const query = parametersOf(page.search);
  const fragment = parametersOf(page.hash);
  const get = (name: string): string | null => fragment.get(name) ?? query.get(name);
  const socket = socketOf(page, get);
  const secret = fragment.get("token");
  if (secret !== null && page.pathname.endsWith(CURFEW_PAGE)) return { url: socket.href, token: secret };
  const token = get("token");
  if (token !== null && !socket.searchParams.has("token")) socket.searchParams.set("token", token);
  return { url: socket.href };
}

function parsePage(consoleUrl: string | URL): URL {
  try {
    return new URL(consoleUrl, globalThis.location?.href);
  } catch {
    throw new TypeError("the console URL is not a valid URL");
  }
}

/** A query or a fragment. Zed and 2024.1 append `?path=…` to a base URL that has a query already. */
function parametersOf(text: string): URLSearchParams {
  return new URLSearchParams(text.slice(1).replaceAll("?", "&"));
}

function socketOf(page: URL, get: (name: string) => string | null): URL {
  const host = get("host") ?? "";
  const base = new URL(page);
  if (base.pathname.endsWith(CURFEW_PAGE)) base.pathname = base.pathname.slice(0, -CURFEW_PAGE.length + 1);
  base.search = "";
  base.hash = "";
  if (host !== "") {
    base.host = host;
    base.port = get("port") ?? "";
    base.pathname = "/";
  }
  const socket = new URL(relative(pathOf(get("path"))), base);
  const isSecure =
    host === "" ? page.protocol === "https:" : isTrue(get("encrypt") ?? String(page.protocol === "https:"));
  // Also where `path` named another scheme: it cannot.
  socket.protocol = isSecure ? "wss:" : "ws:";
  socket.hash = "";
  return socket;
}

/** The parameter `path`, which some portals encode twice. */
function pathOf(path: string | null): string {
  if (path === null || path.includes("?") || !/%3f/i.test(path)) return path ?? DEFAULT_PATH;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** `?token=…` is relative to the page's folder, and `x:y` no URL of another scheme. */
function relative(path: string): string {
  return path.startsWith("/") ? path.replace(/^[/\\]+/, "/") : `./${path}`;
}

function isTrue(flag: string): boolean {
  return flag === "1" || flag.toLowerCase() === "true";
}
