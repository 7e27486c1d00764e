import { readFileSync } from "node:fs";
import { networkInterfaces } from "node:os";

/** Linux's IPv4 routes (proc(5)): the destination, in hexadecimal, is the second column. */
const ROUTES = "/proc/net/route";

/**
 * The IPv4 address of the interface that the default route uses, as Nova's `my_ip` is by default
 * (`oslo_utils.netutils.get_my_ipv4`); `127.0.0.1` where there is none.
 */
export function ownAddress(): string {
  const name = defaultInterface();
  const addresses = name === undefined ? [] : (networkInterfaces()[name] ?? []);
  return addresses.find(({ family }) => family === "IPv4")?.address ?? "127.0.0.1";
}

function defaultInterface(): string | undefined {
  try {
    const routes = readFileSync(ROUTES, "latin1").split("\n");
    return routes.map((line) => line.split("\t")).find(([, destination]) => destination === "00000000")?.[0];
  } catch {
    return undefined;
  }
}
