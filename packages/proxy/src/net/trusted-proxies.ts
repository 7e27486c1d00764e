import type { BlockList } from "node:net";
import { parseIp } from "./ip.ts";
import { blockListOf, parseSubnet, type Subnet } from "./subnet.ts";

/** The reverse proxies and load balancers whose word about their clients counts: `trusted_proxies`. */
export class TrustedProxies {
  /** Whether there are none, which is the default. */
  readonly isEmpty: boolean;
  /** By family: of one list, those of IPv6 would match IPv4 as well. */
  readonly #networks: Readonly<Record<Subnet["family"], BlockList>>;

  /**
   * @param entries - `address` or `network/prefix`.
   * @throws TypeError naming the entry that is neither.
   */
  constructor(entries: readonly string[]) {
    this.isEmpty = entries.length === 0;
    const subnets = entries.map(parseEntry);
    this.#networks = {
      ipv4: blockListOf(subnets.filter(({ family }) => family === "ipv4")),
      ipv6: blockListOf(subnets.filter(({ family }) => family === "ipv6")),
    };
  }

  /** Whether this is the address of a trusted proxy; an IPv4 address may have the form of IPv6. */
  has(address: string): boolean {
    if (this.isEmpty) return false;
    const ip = parseIp(address);
    return ip !== undefined && this.#networks[ip.family].check(ip.address, ip.family);
  }
}

function parseEntry(entry: string): Subnet {
  const subnet = parseSubnet(entry);
  if (subnet !== undefined) return subnet;
  throw new TypeError(
    `expected an address or network such as 10.0.0.5 or fd00:10::/64, but got ${JSON.stringify(entry)}`,
  );
}
