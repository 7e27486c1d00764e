import { isIP } from "node:net";
import { type Address, formatAddress, MAX_HOST, parseAddress } from "./address.ts";

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
  /** What is logged and listed in place of a path that contains a token. @defaultValue `path` */
  readonly displayPath?: string | undefined;
}

/** What the gateway dials to reach a console. */
export type Endpoint = TcpEndpoint | TlsEndpoint | UnixEndpoint;

const TLS_PREFIX = "tls://";
const SERVER_NAME = "?server_name=";
const UNIX_PREFIX = "unix:";

/**
 * Parses `host:port` (TCP), `tls://host:port`, also with `?server_name=` behind it, or `unix:/path/of/socket`.
 *
 * @throws TypeError naming the value and what was expected.
 */
export function parseEndpoint(text: string): Endpoint {
  if (text.startsWith(UNIX_PREFIX)) return { type: "unix", path: parsePath(text) };
  if (text.startsWith(TLS_PREFIX)) return parseTls(text.slice(TLS_PREFIX.length));
  return { type: "tcp", ...parsePlace(text) };
}

/** The reverse of {@link parseEndpoint}, but for a path that has another one to show. */
export function formatEndpoint(endpoint: Endpoint): string {
  switch (endpoint.type) {
    case "tcp":
      return formatAddress(endpoint);
    case "tls":
      return TLS_PREFIX + formatAddress(endpoint) + formatServerName(endpoint);
    case "unix":
      return UNIX_PREFIX + (endpoint.displayPath ?? endpoint.path);
  }
}

/** Whether both are dialed in the same way. */
export function sameEndpoint(a: Endpoint, b: Endpoint): boolean {
  if (a.type === "unix" && b.type === "unix") return a.path === b.path;
  return formatEndpoint(a) === formatEndpoint(b);
}

function parsePlace(text: string): Address {
  const address = parseAddress(text);
  if (address.port === 0) throw new TypeError(`expected a port from 1 to 65535, but got ${JSON.stringify(text)}`);
  return address;
}

function parseTls(text: string): TlsEndpoint {
  const [place = "", serverName, ...more] = text.split(SERVER_NAME);
  const address = parsePlace(place);
  if (serverName === undefined) return { type: "tls", ...address };
  if (more.length > 0 || !(isServerName(serverName) || isIP(serverName) !== 0)) {
    throw new TypeError(
      `expected a name such as console.example behind ${SERVER_NAME}, but got ${JSON.stringify(text)}`,
    );
  }
  return { type: "tls", ...address, serverName };
}

/** A name in the DNS. */
function isServerName(text: string): boolean {
  return text.length <= MAX_HOST && /^[\w-]+(?:\.[\w-]+)*$/.test(text);
}

/** Nothing where it is the host, which is the default. */
function formatServerName({ host, serverName = host }: TlsEndpoint): string {
  return serverName === host ? "" : SERVER_NAME + serverName;
}

function parsePath(text: string): string {
  const path = text.slice(UNIX_PREFIX.length);
  if (!path.startsWith("/") || path.includes("\0")) {
    throw new TypeError(`expected unix: and an absolute path, but got ${JSON.stringify(text)}`);
  }
  return path;
}
