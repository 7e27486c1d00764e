import type { IncomingHttpHeaders } from "node:http";
import type { TrustedProxies } from "../../net/trusted-proxies.ts";
import { forwardedHops } from "./forwarded.ts";
import type { Hop, PageScheme } from "./hop.ts";
import { xForwardedHops } from "./x-forwarded.ts";

/** Who sent a request, and how, as far as trusted proxies say it. */
export interface RequestClient {
  /** IP address: the right-most one that is no trusted proxy's. */
  readonly address: string;
  /** How the client asked for it; undefined where no trusted proxy says it. */
  readonly scheme: PageScheme | undefined;
  /** The authority that the client asked for; undefined where no trusted proxy says it. */
  readonly host: string | undefined;
  /** The span of the outermost trusted proxy (W3C Trace Context); undefined where there is none. */
  readonly traceparent?: string | undefined;
}

/** How many trusted proxies a request may pass; what is further away does not count. */
const MAX_HOPS = 32;

/**
 * What the headers say of a request that a trusted proxy has sent.
 *
 * @param proxy - its address.
 * @returns undefined where `Forwarded` and `X-Forwarded-For` name different clients: one of them may be the client's own
 *   that a proxy passed on which knows only the other.
 */
export function forwardedClient(
  proxy: string,
  headers: IncomingHttpHeaders,
  trusted: TrustedProxies,
): RequestClient | undefined {
  const { forwarded } = headers;
  const x = {
    for: joined(headers["x-forwarded-for"]),
    proto: joined(headers["x-forwarded-proto"]),
    host: joined(headers["x-forwarded-host"]),
  };
  const hasX = x.for !== undefined || x.proto !== undefined || x.host !== undefined;
  if (forwarded === undefined) return outermost(proxy, hasX ? xForwardedHops(x) : [], trusted);
  const client = outermost(proxy, forwardedHops(forwarded), trusted);
  const contradicts = hasX && outermost(proxy, xForwardedHops(x), trusted).address !== client.address;
  return contradicts ? undefined : client;
}

/**
 * Follows the hops, the nearest first, as long as they lead to trusted proxies. What the outermost of these says about
 * scheme and host counts, else what one behind it says.
 */
function outermost(proxy: string, hops: Iterable<Hop>, trusted: TrustedProxies): RequestClient {
  let client: RequestClient = { address: proxy, scheme: undefined, host: undefined };
  let count = 0;
  for (const { address, scheme = client.scheme, host = client.host } of hops) {
    client = { address: address ?? client.address, scheme, host };
    count += 1;
    if (address === undefined || count === MAX_HOPS || !trusted.has(address)) break;
  }
  return client;
}

function joined(header: string | string[] | undefined): string | undefined {
  return typeof header === "object" ? header.join(",") : header;
}
