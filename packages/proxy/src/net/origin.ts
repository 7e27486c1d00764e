/** An entry of `console.allowed_origins`: a host with optional port, and a scheme where one was given. */
export interface AllowedOrigin {
  readonly host: string;
  readonly protocol: string | undefined;
}

/**
 * Parses `host[:port]` or `https://host[:port]`.
 *
 * @throws TypeError naming the value and what was expected.
 */
export function parseAllowedOrigin(entry: string): AllowedOrigin {
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

/**
 * Whether a page of this origin may open a console (RFC 6455, section 10.2). A request without
 * `Origin` is not from a browser and is allowed: its token decides. Hosts are compared exactly,
 * ports included; `null`, blank and malformed origins are refused.
 */
export function originAllowed(
  origin: string | undefined,
  hostHeader: string | undefined,
  allowed: readonly AllowedOrigin[],
): boolean {
  if (origin === undefined) return true;
  const url = URL.parse(origin);
  if (url === null || !/^https?:$/.test(url.protocol)) return false;
  const own = hostHeader === undefined ? null : URL.parse(`${url.protocol}//${hostHeader}`);
  if (own !== null && own.pathname === "/" && own.host === url.host) return true;
  return allowed.some((entry) => {
    if (entry.protocol !== undefined) return entry.protocol === url.protocol && entry.host === url.host;
    return URL.parse(`${url.protocol}//${entry.host}`)?.host === url.host;
  });
}
