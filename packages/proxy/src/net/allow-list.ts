import { BlockList, isIP } from "node:net";

interface Rule {
  readonly networks: BlockList;
  readonly firstPort: number;
  readonly lastPort: number;
}

/**
 * The networks and ports that the gateway may dial. Addresses are compared, never names: a name is
 * resolved first, and only the address that was checked is dialled.
 */
export class AllowList {
  readonly #rules: readonly Rule[];

  /**
   * @param entries - `address`, `network/prefix`, `address:port`, `network/prefix:first-last`;
   *   IPv6 with a port in brackets, such as `[fd00::/8]:5900-5999`.
   * @throws TypeError naming the entry that is none of these.
   */
  constructor(entries: readonly string[]) {
    this.#rules = entries.map(parseRule);
  }

  /** Whether `port` at the IP address `address` may be dialled. */
  allows(address: string, port: number): boolean {
    const family = isIP(address) === 6 ? "ipv6" : "ipv4";
    return this.#rules.some(
      (rule) => port >= rule.firstPort && port <= rule.lastPort && rule.networks.check(address, family),
    );
  }
}

function parseRule(entry: string): Rule {
  const expected = (): TypeError =>
    new TypeError(
      `expected an address or network with optional ports, such as 10.0.0.0/8:5900-5999 or [::1]:5901, but got ${JSON.stringify(entry)}`,
    );
  const match = /^(?:\[([^\]]+)\]|([^[\]:]+)|([^[\]]*:[^[\]]*:[^[\]]*))(?::(\d{1,5})(?:-(\d{1,5}))?)?$/.exec(entry);
  const network = match?.[1] ?? match?.[2] ?? match?.[3];
  if (network === undefined) throw expected();
  const firstPort = match?.[4] === undefined ? 0 : Number(match[4]);
  const lastPort = match?.[5] === undefined ? (match?.[4] === undefined ? 65535 : firstPort) : Number(match[5]);
  const [address = "", prefix] = network.split("/");
  const version = isIP(address);
  const bits = version === 6 ? 128 : 32;
  const length = prefix === undefined ? bits : /^\d{1,3}$/.test(prefix) ? Number(prefix) : -1;
  if (version === 0 || length < 0 || length > bits || lastPort > 65535 || firstPort > lastPort) throw expected();
  const networks = new BlockList();
  networks.addSubnet(address, length, version === 6 ? "ipv6" : "ipv4");
  return { networks, firstPort, lastPort };
}
