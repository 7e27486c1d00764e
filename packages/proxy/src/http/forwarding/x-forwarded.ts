import { type Hop, parseHost, parseNode, parseScheme } from "./hop.ts";

/** The headers, each with its lines joined by commas. */
export interface XForwarded {
  readonly for: string | undefined;
  readonly proto: string | undefined;
  readonly host: string | undefined;
}

/**
 * What `X-Forwarded-For`, `-Proto` and `-Host` say, the nearest proxy's first. The lists are counted from their ends:
 * each proxy adds its part there. Where one has fewer entries, a proxy has replaced it, and its first one counts.
 */
export function* xForwardedHops(headers: XForwarded): Generator<Hop, void, undefined> {
  const schemes = listOf(headers.proto);
  const hosts = listOf(headers.host);
  const addresses = listOf(headers.for);
  const count = Math.max(1, addresses.length);
  for (let distance = 1; distance <= count; distance += 1) {
    yield {
      address: parseNode(addresses.at(-distance) ?? ""),
      scheme: parseScheme(schemes.at(-distance) ?? schemes[0]),
      host: parseHost(hosts.at(-distance) ?? hosts[0]),
    };
  }
}

/** The entries of a list; empty ones count for nothing (RFC 9110, section 5.6.1). */
function listOf(header: string | undefined): readonly string[] {
  return (header ?? "")
    .split(",")
    .map((entry) => entry.trim())
    .filter((entry) => entry !== "");
}
