import { existsSync, realpathSync } from "node:fs";
import { BlockList, type Server } from "node:net";
import { networkInterfaces } from "node:os";
import { basename, dirname, join } from "node:path";
import type { Address } from "./address.ts";
import { type IpAddress, parseIp } from "./ip.ts";

/** What always means this machine: loopback, and the addresses that name none, which the system dials as loopback. */
const THIS_MACHINE = new BlockList();
THIS_MACHINE.addSubnet("127.0.0.0", 8, "ipv4");
THIS_MACHINE.addAddress("0.0.0.0", "ipv4");
THIS_MACHINE.addAddress("::1", "ipv6");
THIS_MACHINE.addAddress("::", "ipv6");

/**
 * Where the gateway itself listens. A session to its own port would go round in circles, and one to the admin API would
 * let a token do what only the operator may.
 */
export class OwnListeners {
  readonly #addresses = new Set<Address>();
  /** Unix sockets, with every link followed. */
  readonly #paths = new Set<string>();

  /** @param address - the host is a name or an IP address; port 0 is none. */
  add(address: Address): void {
    if (address.port !== 0) this.#addresses.add(address);
  }

  /** @param path - of a Unix socket, which need not exist yet. */
  addPath(path: string): void {
    const folder = dirname(path);
    this.#paths.add(existsSync(folder) ? join(realpathSync(folder), basename(path)) : path);
  }

  /**
   * Adds a server, for as long as it listens, and from then on.
   *
   * @returns a function that removes it.
   */
  watch(server: Server): () => void {
    let added: Address | undefined;
    let path: string | undefined;
    const add = (): void => {
      const at = server.address();
      if (at === null) return;
      if (typeof at === "string") {
        // One without a name, or with that of another file system, cannot be dialed.
        if (!existsSync(at)) return;
        path = realpathSync(at);
        this.#paths.add(path);
        return;
      }
      added = { host: at.address, port: at.port };
      this.#addresses.add(added);
    };
    if (server.listening) add();
    else server.once("listening", add);
    return () => {
      server.off("listening", add);
      if (added !== undefined) this.#addresses.delete(added);
      if (path !== undefined) this.#paths.delete(path);
    };
  }

  /** Whether the gateway listens at this Unix socket. @param path - with every link followed. */
  hasPath(path: string): boolean {
    return this.#paths.has(path);
  }

  /** Whether the gateway listens at this port of this address. */
  has(ip: IpAddress, port: number): boolean {
    for (const own of this.#addresses) {
      if (own.port === port && reaches(ip, own.host)) return true;
    }
    return false;
  }
}

/** Whether a listener at `host` is reached through `ip`; if `host` is a name, through any address of this machine. */
function reaches({ address, family }: IpAddress, host: string): boolean {
  const own = parseIp(host);
  if (own?.family === family && own.address === address) return true;
  if (own === undefined || isAny(own.address)) return THIS_MACHINE.check(address, family) || isInterface(address);
  return isAny(address) && THIS_MACHINE.check(own.address, own.family);
}

function isAny(address: string): boolean {
  return address === "0.0.0.0" || address === "::";
}

/** Asked only for the gateway's own ports, so that ordinary targets do not pay for it. */
function isInterface(address: string): boolean {
  return Object.values(networkInterfaces()).some((list) => list?.some((each) => each.address === address));
}
