import { isIPv6 } from "node:net";

/** A TCP endpoint. `host` is a name or an address without brackets; `port` 0 asks for any free one. */
export interface Address {
  readonly host: string;
  readonly port: number;
}

/** The longest name in the DNS (RFC 1035, section 2.3.4), in characters. */
export const MAX_HOST = 253;

/**
 * Parses `host:port`; an IPv6 address is written in brackets, as in a URL (RFC 3986).
 *
 * @throws TypeError naming the value and what was expected.
 */
export function parseAddress(text: string): Address {
  const match = /^(?:\[([^\]]+)\]|([^:[\]\s/]+)):(\d{1,5})$/.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host === undefined || host.length > MAX_HOST || port > 65535 || (match?.[1] !== undefined && !isIPv6(host))) {
    throw new TypeError(`expected host:port such as 127.0.0.1:5901 or [::1]:5901, but got ${JSON.stringify(text)}`);
  }
  return { host, port };
}

/** The reverse of {@link parseAddress}. */
export function formatAddress({ host, port }: Address): string {
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}
