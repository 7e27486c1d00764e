import { lookup } from "node:dns/promises";
import { isIP } from "node:net";

/**
 * The address to listen at, as websockify finds it.
 *
 * @param host - a name or an address; empty for every address.
 * @param prefersIpv6 - what to take where a name has addresses of both families.
 * @throws Error that names the host.
 */
export async function resolveListenHost(host: string, prefersIpv6: boolean): Promise<string> {
  if (host === "") return prefersIpv6 ? "::" : "0.0.0.0";
  if (isIP(host) !== 0) return host;
  const addresses = await lookup(host, { all: true }).catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${host}: expected an address to listen at, or the name of one: ${error.code}`);
  });
  const family = prefersIpv6 ? 6 : 4;
  return (addresses.find((each) => each.family === family) ?? addresses[0])?.address ?? host;
}
