import { isIPv4, isIPv6 } from "node:net";

/** What a listener on `::` puts before the address of an IPv4 client (RFC 4291, section 2.5.5.2). */
const MAPPED = "::ffff:";

/** The address of a client as its owner writes it; empty where the connection is gone already. */
export function plainAddress(remote: string | undefined): string {
  if (remote === undefined) return "";
  return remote.startsWith(MAPPED) && isIPv4(remote.slice(MAPPED.length)) ? remote.slice(MAPPED.length) : remote;
}

/**
 * What limits per client count together: an IPv4 address, or the /64 of an IPv6 address, which is the smallest network
 * that one customer has (RFC 6177), and in which a client has all addresses.
 *
 * @param address - as from {@link plainAddress}.
 */
export function clientGroup(address: string): string {
  // Most addresses are IPv4, and Node's check for IPv6 is slow.
  if (!address.includes(":") || !isIPv6(address)) return address;
  const [bare = ""] = address.split("%", 1);
  const [before = "", after] = bare.split("::", 2);
  const head = hextets(before);
  const missing = after === undefined ? 0 : 8 - head.length - hextets(after).length;
  const network = [...head, ...Array<string>(missing).fill("0"), ...hextets(after ?? "")].slice(0, 4);
  return `${network.map((part) => Number.parseInt(part, 16).toString(16)).join(":")}::/64`;
}

/** The groups of a part of an IPv6 address; a dotted ending stands for two of them. */
function hextets(part: string): string[] {
  return part === "" ? [] : part.split(":").flatMap((group) => (group.includes(".") ? ["0", "0"] : [group]));
}
