import { realpath } from "node:fs/promises";
import type { BlockList } from "node:net";
import { isAbsolute, normalize } from "node:path";
import { type IpAddress, parseIp } from "./ip.ts";
import type { OwnListeners } from "./own-listeners.ts";
import { blockListOf, parseSubnet } from "./subnet.ts";

interface NetworkRule {
  readonly family: IpAddress["family"];
  readonly networks: BlockList;
  readonly firstPort: number;
  readonly lastPort: number;
}

const UNIX = "unix:";

/**
 * The networks, ports and socket folders that the gateway may dial. Addresses are compared, never names: a name is
 * resolved first, and only the address that was checked is dialed.
 */
export class AllowList {
  #networks: readonly NetworkRule[] = [];
  /** Each with a slash at its end. */
  #folders: readonly string[] = [];
  readonly #own: OwnListeners | undefined;

  /**
   * @param entries - `address`, `network/prefix`, `address:port`, `network/prefix:first-last`; IPv6 with a port in
   *   brackets, such as `[fd00::/8]:5900-5999`; `unix:/folder/` for the Unix sockets in a folder and below it.
   * @param own - the gateway's own listeners, which are never allowed.
   * @throws TypeError naming the entry that is none of these.
   */
  constructor(entries: readonly string[], own?: OwnListeners) {
    this.#own = own;
    this.replace(entries);
  }

  /**
   * From now on, these entries count.
   *
   * @throws TypeError as the constructor does.
   */
  replace(entries: readonly string[]): void {
    this.#networks = entries.filter((entry) => !entry.startsWith(UNIX)).map(parseNetwork);
    this.#folders = entries.filter((entry) => entry.startsWith(UNIX)).map(parseFolder);
  }

  /**
   * Whether `port` at the IP address `address` may be dialed. An IPv4 address in the form of IPv6 (`::ffff:127.0.0.1`,
   * RFC 4291, section 2.5.5.2) is the IPv4 address: no entry for IPv6 allows it.
   */
  allows(address: string, port: number): boolean {
    const ip = parseIp(address);
    if (ip === undefined || this.#own?.has(ip, port) === true) return false;
    return this.#networks.some(
      ({ family, firstPort, lastPort, networks }) =>
        family === ip.family && port >= firstPort && port <= lastPort && networks.check(ip.address, family),
    );
  }

  /** Whether a Unix socket with this path may be in an allowed folder; links in it are not followed. */
  allowsPath(path: string): boolean {
    return this.#foldersOf(path).length > 0;
  }

  /**
   * Where the Unix socket at `path` really is, with every link followed, if that is in an allowed folder. Dial the
   * result and not `path`: a link may change.
   *
   * @returns undefined for a socket outside the allowed folders.
   * @throws Error of `realpath`, such as ENOENT, for a path in an allowed folder that does not exist.
   */
  async socketPath(path: string): Promise<string | undefined> {
    // Whether a path outside exists must not show.
    const folders = this.#foldersOf(path);
    if (folders.length === 0) return undefined;
    const real = await realpath(path);
    if (this.#own?.hasPath(real) === true) return undefined;
    for (const folder of folders) if (real.startsWith(`${await realpath(folder)}/`)) return real;
    return undefined;
  }

  #foldersOf(path: string): readonly string[] {
    return this.#folders.filter((folder) => isAbsolute(path) && normalize(path).startsWith(folder));
  }
}

function parseFolder(entry: string): string {
  const folder = entry.slice(UNIX.length);
  if (!isAbsolute(folder) || !folder.endsWith("/") || normalize(folder) !== folder || folder === "/") {
    throw new TypeError(
      `expected a folder such as unix:/run/consoles/, absolute and with a slash at its end, but got ${JSON.stringify(entry)}`,
    );
  }
  return folder;
}

function parseNetwork(entry: string): NetworkRule {
  const expected = (): TypeError =>
    new TypeError(
      "expected an address or network with optional ports, such as 10.0.0.0/8:5900-5999 or [::1]:5901, " +
        `or a folder of sockets such as unix:/run/consoles/, but got ${JSON.stringify(entry)}`,
    );
  const match = /^(?:\[([^\]]+)\]|([^[\]:]+)|([^[\]]*:[^[\]]*:[^[\]]*))(?::(\d{1,5})(?:-(\d{1,5}))?)?$/.exec(entry);
  const network = match?.[1] ?? match?.[2] ?? match?.[3];
  if (network === undefined) throw expected();
  const firstPort = match?.[4] === undefined ? 1 : Number(match[4]);
  const lastPort = match?.[5] === undefined ? (match?.[4] === undefined ? 65535 : firstPort) : Number(match[5]);
  const subnet = parseSubnet(network);
  if (subnet === undefined || firstPort < 1 || firstPort > lastPort || lastPort > 65535) throw expected();
  return { family: subnet.family, networks: blockListOf([subnet]), firstPort, lastPort };
}
