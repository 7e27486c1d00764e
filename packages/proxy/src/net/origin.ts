/** An entry of `console.allowed_origins`: a host with optional port, and a scheme where one was given. */
export interface AllowedOrigin {
  /** Ends in `:*` where every port is allowed. */
  readonly host: string;
  readonly protocol: string | undefined;
}

/** What {@link AllowedOrigin.host} ends in where every port is allowed; a Content-Security-Policy has the same form. */
const ANY_PORT = ":*";

/** A longer origin is refused: a name of the DNS has at most 253 characters. */
const MAX_ORIGIN_LENGTH = 512;

/** Schemes of pages that come with an application, such as `tauri://localhost` and `capacitor://localhost`. */
const OWN_SCHEME = /^(?!https?:|wss?:|file:|data:|blob:)[a-z][a-z\d+.-]*:\/\/[a-z\d.-]+$/i;

/**
 * Parses `host[:port]` or `https://host[:port]`; the port may be `*`, which is every port. Pages of an application have
 * a scheme of their own, which must be written: `tauri://localhost`.
 *
 * @throws TypeError naming the value and what was expected.
 */
export function parseAllowedOrigin(entry: string): AllowedOrigin {
  // Any site can have it, for example with a sandboxed frame.
  if (entry === "null") throw new TypeError('expected a host or an origin, but got "null", which any site can send');
  if (OWN_SCHEME.test(entry)) {
    const [scheme = "", host = ""] = entry.toLowerCase().split("://");
    return { host, protocol: `${scheme}:` };
  }
  const withoutPort = entry.slice(0, -ANY_PORT.length);
  if (entry.endsWith(ANY_PORT) && !/:\d*$|\*/.test(withoutPort)) {
    const { host, protocol } = parseAllowedOrigin(withoutPort);
    return { host: host + ANY_PORT, protocol };
  }
  const withScheme = /^https?:\/\//i.test(entry);
  const url = URL.parse(withScheme ? entry : `https://${entry}`);
  const bare = url !== null && url.pathname === "/" && url.search + url.hash + url.username + url.password === "";
  // Characters that a URL forgives but a Content-Security-Policy gives a meaning, and wildcards.
  if (!bare || /[\s;,*'"]|[/?#]$/.test(entry)) {
    throw new TypeError(
      `expected a host or an origin such as dash.example:8443 or https://dash.example, but got ${JSON.stringify(entry)}`,
    );
  }
  if (withScheme) return { host: url.host, protocol: url.protocol };
  // A host without a scheme keeps its port as written: :443 is the default of https only.
  return { host: url.hostname + (/:\d+$/.exec(entry)?.[0] ?? ""), protocol: undefined };
}

/** Parses an entry of `console.frame_ancestors`: {@link parseAllowedOrigin}, or `*` for every site. */
export function parseFrameAncestor(entry: string): AllowedOrigin {
  return entry === "*" ? { host: "*", protocol: undefined } : parseAllowedOrigin(entry);
}

/**
 * Whether a page of this origin may open a console (RFC 6455, section 10.2). A request without
 * `Origin` is not from a browser and is allowed: its token decides. Hosts are compared exactly,
 * ports included; `null`, blank and malformed origins are refused. The request's own host is only that of pages
 * over HTTP: `tauri://localhost` is not `localhost`.
 */
export function originAllowed(
  origin: string | undefined,
  hostHeader: string | undefined,
  allowed: readonly AllowedOrigin[],
): boolean {
  if (origin === undefined) return true;
  const url = origin.length > MAX_ORIGIN_LENGTH ? null : URL.parse(origin);
  if (url === null) return false;
  if (!/^https?:$/.test(url.protocol)) {
    const { protocol, host } = url;
    return allowed.some((entry) => entry.protocol === protocol && entry.host === host.toLowerCase());
  }
  const own = hostHeader === undefined ? null : URL.parse(`${url.protocol}//${hostHeader}`);
  if (own !== null && own.pathname === "/" && own.host === url.host) return true;
  return allowed.some((entry) => {
    if (entry.protocol !== undefined && entry.protocol !== url.protocol) return false;
    if (entry.host.endsWith(ANY_PORT)) return entry.host === url.hostname + ANY_PORT;
    if (entry.protocol !== undefined) return entry.host === url.host;
    return URL.parse(`${url.protocol}//${entry.host}`)?.host === url.host;
  });
}
