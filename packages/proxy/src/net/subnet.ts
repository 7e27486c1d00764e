import { BlockList } from "node:net";
import { type IpAddress, parseIp } from "./ip.ts";

/** An IP network. */
export interface Subnet {
  readonly family: IpAddress["family"];
  /** Any address in it. */
  readonly address: string;
  /** Length of its prefix, in bits. */
  readonly prefix: number;
}

/**
 * Parses `address` or `network/prefix`.
 *
 * @returns undefined for other text, for an IPv4 network in the form of IPv6, whose prefix would count differently, and
 *   for an address with a zone.
 */
export function parseSubnet(text: string): Subnet | undefined {
  const [, address = "", prefix] = /^([^/]+)(?:\/(\d{1,3}))?$/.exec(text) ?? [];
  const ip = parseIp(address);
  if (ip === undefined || address.includes("%") || (ip.family === "ipv6") !== address.includes(":")) return undefined;
  const bits = ip.family === "ipv6" ? 128 : 32;
  const length = prefix === undefined ? bits : Number(prefix);
  return length > bits ? undefined : { ...ip, prefix: length };
}

/** What tells whether an address is in one of these networks. */
export function blockListOf(subnets: readonly Subnet[]): BlockList {
  const list = new BlockList();
  for (const { address, prefix, family } of subnets) list.addSubnet(address, prefix, family);
  return list;
}

/** Whether an IP address is in a network. */
export function isInSubnet(subnet: Subnet): (address: string) => boolean {
  const list = blockListOf([subnet]);
  return (address) => {
    const ip = parseIp(address);
    return ip?.family === subnet.family && list.check(ip.address, ip.family);
  };
}
