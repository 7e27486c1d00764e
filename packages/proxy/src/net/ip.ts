import { isIP, SocketAddress } from "node:net";

/** An IP address, in the shortest way to write it. */
export interface IpAddress {
  readonly family: "ipv4" | "ipv6";
  readonly address: string;
}

/** What comes before the last 32 bits of an IPv4 address in the form of IPv6 (RFC 4291, section 2.5.5.2). */
const MAPPED = "::ffff:";

/**
 * The address that is reached through this text: without a zone (`fe80::1%eth0`), and IPv4 where the form of IPv6 only
 * wraps it. Undefined for a text that is no IP address.
 */
export function parseIp(text: string): IpAddress | undefined {
  const version = isIP(text);
  if (version === 0) return undefined;
  if (version === 4) return { family: "ipv4", address: text };
  const [address = ""] = text.split("%", 1);
  const shortest = new SocketAddress({ address, family: "ipv6" }).address;
  const wrapped = shortest.startsWith(MAPPED) ? shortest.slice(MAPPED.length) : "";
  return isIP(wrapped) === 4 ? { family: "ipv4", address: wrapped } : { family: "ipv6", address: shortest };
}
