import { once } from "node:events";
import { lstat, unlink } from "node:fs/promises";
import type { Server } from "node:http";
import { connect } from "node:net";
import { formatAddress } from "./address.ts";
import { reachable } from "./listen.ts";

/** The name of a listener in URLs when it has no address of its own, only the proxy in front of it has. */
const NO_ADDRESS = "localhost";

/**
 * Listens at a Unix socket. One that a gateway left behind is replaced.
 *
 * @param mode - the permissions of the socket.
 * @param option - the option that names the path, for the error.
 * @returns its name in URLs.
 * @throws Error naming the option and the path.
 */
export async function listenAtPath(
  server: Server,
  path: string,
  mode: number,
  option: string = "unix_listen",
): Promise<string> {
  try {
    await removeAbandoned(path);
    const listening = once(server, "listening");
    // The socket is made at once, and never has other permissions.
    const before = process.umask(0o777 & ~mode);
    try {
      server.listen({ path });
    } finally {
      process.umask(before);
    }
    await listening;
  } catch (error) {
    throw new Error(`${option}: cannot listen at ${path}: ${describe(error)}`, { cause: error });
  }
  return NO_ADDRESS;
}

/**
 * Accepts connections of a socket that another program listens at: a service manager, or inetd.
 *
 * @param needsTcp - whether connections need addresses.
 * @returns the authority of a URL that leads to it.
 * @throws Error naming the option and the descriptor.
 */
export async function listenAtDescriptor(server: Server, fd: number, needsTcp: boolean): Promise<string> {
  try {
    const listening = once(server, "listening");
    server.listen({ fd });
    await listening;
  } catch (error) {
    throw new Error(`listen_fd: descriptor ${fd} is no socket that listens: ${describe(error)}`, { cause: error });
  }
  const at = server.address();
  if (at !== null && typeof at !== "string") return formatAddress({ host: reachable(at.address), port: at.port });
  if (needsTcp) throw new Error(`listen_fd: expected a TCP socket with cert, but descriptor ${fd} is a Unix socket`);
  return NO_ADDRESS;
}

/** Removes a socket that no program listens at. */
async function removeAbandoned(path: string): Promise<void> {
  const found = await lstat(path).catch(() => undefined);
  if (found?.isSocket() !== true) return;
  const probe = connect({ path });
  const code = await once(probe, "connect").then(
    () => undefined,
    (error: NodeJS.ErrnoException) => error.code,
  );
  probe.destroy();
  if (code === "ECONNREFUSED") await unlink(path);
}

function describe(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? message;
}
