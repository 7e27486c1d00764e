import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { type Address, formatAddress } from "./address.ts";

/** The first port that every user may listen at. */
const FIRST_FREE = 1024;

/** How {@link listenAt} listens. */
export interface ListenOptions {
  /** Whether several processes listen at the same port, each with connections of its own (`SO_REUSEPORT`). */
  readonly sharesPort?: boolean;
}

/**
 * Starts to listen at an address of the configuration.
 *
 * @param option - the option that names the address, for the error.
 * @returns the address as the authority of a URL that a browser on this machine can open.
 * @throws Error naming the option and the address if it cannot be listened at.
 */
export async function listenAt(
  server: Server,
  address: Address,
  option: string,
  { sharesPort = false }: ListenOptions = {},
): Promise<string> {
  const { port } = await listen(server, { ...address, reusePort: sharesPort })
    .catch(async (error: NodeJS.ErrnoException) => {
      // Where the system has no SO_REUSEPORT, Node's cluster shares one socket between the processes.
      if (sharesPort && error.code === "ENOTSUP") return await listen(server, address);
      throw error;
    })
    .catch((error: NodeJS.ErrnoException) => {
      throw new Error(`${option}: cannot listen at ${formatAddress(address)}: ${describe(error, address)}`);
    });
  return formatAddress({ host: reachable(address.host), port });
}

/** An address that no other program can listen at until it is released. */
export interface ClaimedAddress {
  /** With the port that was picked where the configuration says 0. */
  readonly address: Address;
  /** Releases the address at once, so that the caller can listen there in the same turn. */
  readonly release: () => void;
}

/**
 * Makes sure that no other program listens at an address that this process, or several that share it, are about to
 * listen at, and picks the port where the configuration says 0.
 *
 * @throws Error as {@link listenAt} does.
 */
export async function claimAddress(address: Address, option: string): Promise<ClaimedAddress> {
  const server = createServer();
  await listenAt(server, address, option);
  const { port } = server.address() as AddressInfo;
  return { address: { ...address, port }, release: () => void stopListening(server) };
}

/**
 * Keeps a port that the system picked for processes that will listen there with `SO_REUSEPORT`. Until the first of them
 * does, the system may otherwise give the port to an outgoing connection. Has no effect where there is no SO_REUSEPORT.
 *
 * @returns ends this; connections that came meanwhile are closed.
 */
export async function reservePort(address: Address): Promise<() => void> {
  const server = createServer();
  try {
    await listen(server, { ...address, reusePort: true });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOTSUP") throw error;
  }
  return () => void stopListening(server);
}

function describe({ code, message }: NodeJS.ErrnoException, { port }: Address): string {
  if (code === "EACCES" && port < FIRST_FREE) return `${code}; a port below ${FIRST_FREE} needs CAP_NET_BIND_SERVICE`;
  return code ?? message;
}

async function listen(server: Server, address: Address & { readonly reusePort?: boolean }): Promise<AddressInfo> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  server.once("error", reject).listen(address, resolve);
  try {
    await promise;
  } finally {
    server.off("error", reject);
  }
  return server.address() as AddressInfo;
}

/** Closes a server with its idle connections and unfinished requests; upgraded sockets belong to the sessions. */
export async function stopListening(server: Server): Promise<void> {
  await stopAccepting(server)();
}

/**
 * Accepts no more connections.
 *
 * @returns closes those that are left, as {@link stopListening} does.
 */
export function stopAccepting(server: Server): () => Promise<void> {
  if (!server.listening) return async () => {};
  const { promise, resolve } = Promise.withResolvers<void>();
  server.close(() => resolve());
  return async () => {
    server.closeAllConnections();
    await promise;
  };
}

/** An address that a browser on this machine can open, for a listener on every address. */
export function reachable(host: string): string {
  if (host === "0.0.0.0") return "127.0.0.1";
  return host === "::" ? "::1" : host;
}
