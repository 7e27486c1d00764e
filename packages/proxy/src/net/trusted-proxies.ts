import type { BlockList } from "node:net";
import { parseIp } from "./ip.ts";
import { blockListOf, parseSubnet, type Subnet } from "./subnet.ts";

/** By family: of one list, those of IPv6 would match IPv4 as well. */
type Networks = Readonly<Record<Subnet["family"], BlockList>>;

/** The reverse proxies and load balancers whose word about their clients counts: `trusted_proxies`. */
export class TrustedProxies {
  #networks: Networks | undefined;

  /**
   * @param entries - `address` or `network/prefix`.
   * @throws TypeError naming the entry that is neither.
   */
  constructor(entries: readonly string[]) {
    this.#networks = parseEntries(entries);
  }

  /** From now on, these are trusted. @throws as the constructor does; the old ones then stay. */
  replace(entries: readonly string[]): void {
    this.#networks = parseEntries(entries);
  }

  /** Whether there are none, which is the default. */
  get isEmpty(): boolean {
    return this.#networks === undefined;
  }

  /** Whether this is the address of a trusted proxy; an IPv4 address may have the form of IPv6. */
  has(address: string): boolean {
    if (this.#networks === undefined) return false;
    const ip = parseIp(address);
    return ip !== undefined && this.#networks[ip.family].check(ip.address, ip.family);
  }
}

function parseEntries(entries: readonly string[]): Networks | undefined {
  if (entries.length === 0) return undefined;
  const subnets = entries.map(parseEntry);
  return {
    ipv4: blockListOf(subnets.filter(({ family }) => family === "ipv4")),
    ipv6: blockListOf(subnets.filter(({ family }) => family === "ipv6")),
  };
}

function parseEntry(entry: string): Subnet {
  const subnet = parseSubnet(entry);
  if (subnet !== undefined) return subnet;
  throw new TypeError(
    `expected an address or network such as 10.0.0.5 or fd00:10::/64, but got ${JSON.stringify(entry)}`,
  );
}
