import { type Address, formatAddress, parseAddress } from "./address.ts";

/** A console that accepts plain TCP connections. */
export interface TcpEndpoint extends Address {
  readonly type: "tcp";
}

/** A console that accepts TLS connections. */
export interface TlsEndpoint extends Address {
  readonly type: "tls";
  /** The name that the certificate must be valid for. @defaultValue `host` */
  readonly serverName?: string | undefined;
}

/** A console that listens on a Unix socket of this machine. */
export interface UnixEndpoint {
  readonly type: "unix";
  /** Absolute path of the socket. */
  readonly path: string;
}

/** What the gateway dials to reach a console. */
export type Endpoint = TcpEndpoint | TlsEndpoint | UnixEndpoint;

const TLS_PREFIX = "tls://";
const UNIX_PREFIX = "unix:";

/**
 * Parses `host:port` (TCP), `tls://host:port`, or `unix:/path/of/socket`.
 *
 * @throws TypeError naming the value and what was expected.
 */
export function parseEndpoint(text: string): Endpoint {
  if (text.startsWith(UNIX_PREFIX)) return { type: "unix", path: parsePath(text) };
  const isTls = text.startsWith(TLS_PREFIX);
  const address = parseAddress(isTls ? text.slice(TLS_PREFIX.length) : text);
  if (address.port === 0) throw new TypeError(`expected a port from 1 to 65535, but got ${JSON.stringify(text)}`);
  return { type: isTls ? "tls" : "tcp", ...address };
}

/** The reverse of {@link parseEndpoint}; a server name is not shown. */
export function formatEndpoint(endpoint: Endpoint): string {
  switch (endpoint.type) {
    case "tcp":
      return formatAddress(endpoint);
    case "tls":
      return TLS_PREFIX + formatAddress(endpoint);
    case "unix":
      return UNIX_PREFIX + endpoint.path;
  }
}

/** Whether both are dialed in the same way. */
export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  if (a.type === "tls" && b.type === "tls" && (a.serverName ?? a.host) !== (b.serverName ?? b.host)) return false;
  return formatEndpoint(a) === formatEndpoint(b);
}

function parsePath(text: string): string {
  const path = text.slice(UNIX_PREFIX.length);
  if (!path.startsWith("/") || path.includes("\0")) {
    throw new TypeError(`expected unix: and an absolute path, but got ${JSON.stringify(text)}`);
  }
  return path;
}
