import { isIPv6 } from "node:net";
import { type Endpoint, parseEndpoint } from "../net/endpoint.ts";

/**
 * Parses a target as websockify's token files and services write it: `host:port`, where an IPv6 address needs no
 * brackets, because the last colon is the one before the port. Endpoints of other kinds are written as everywhere here.
 *
 * @throws TypeError naming the value and what was expected.
 */
export function parseTarget(text: string): Endpoint {
  const colon = text.lastIndexOf(":");
  const host = text.slice(0, Math.max(0, colon));
  const endpoint = parseEndpoint(host.includes(":") && isIPv6(host) ? `[${host}]${text.slice(colon)}` : text);
  // A name of the DNS has no such characters, and an error of the resolver would quote them.
  if (/\p{Cc}/u.test(text)) throw new TypeError("expected no control characters");
  return endpoint;
}
