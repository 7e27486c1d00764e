import type { Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Address, formatAddress } from "./address.ts";

/**
 * Starts to listen at an address of the configuration.
 *
 * @param option - the option that names the address, for the error.
 * @returns the address as the authority of a URL that a browser on this machine can open.
 * @throws Error naming the option and the address if it cannot be listened at.
 */
export async function listenAt(server: Server, address: Address, option: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen({ host: address.host, port: address.port }, resolve);
  await promise.catch((error: NodeJS.ErrnoException) => {
    throw new Error(`${option}: cannot listen at ${formatAddress(address)}: ${error.code ?? error.message}`);
  });
  server.off("error", reject);
  return formatAddress({ host: reachable(address.host), port: (server.address() as AddressInfo).port });
}

/** Closes a server with its idle connections and unfinished requests; upgraded sockets belong to the sessions. */
export async function stopListening(server: Server): Promise<void> {
  if (!server.listening) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  server.closeAllConnections();
  await promise;
}

/** An address that a browser on this machine can open, for a listener on every address. */
function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
