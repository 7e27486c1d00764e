import { once } from "node:events";
import { fstatSync } from "node:fs";
import { lstat, readFile, unlink } from "node:fs/promises";
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
 * @param needsTcp - the option that needs addresses of the connections; undefined where none does.
 * @param option - the option that names the descriptor, for the error.
 * @returns the authority of a URL that leads to it.
 * @throws Error naming the option and the descriptor.
 */
export async function listenAtDescriptor(
  server: Server,
  fd: number,
  needsTcp: string | undefined,
  option: string = "listen_fd",
): Promise<string> {
  try {
    const listening = once(server, "listening");
    server.listen({ fd });
    await listening;
  } catch (error) {
    throw new Error(`${option}: descriptor ${fd} is no socket that listens: ${describe(error)}`, { cause: error });
  }
  const at = server.address();
  if (at !== null && typeof at !== "string") return formatAddress({ host: reachable(at.address), port: at.port });
  if (needsTcp !== undefined) {
    throw new Error(`${option}: expected a TCP socket with ${needsTcp}, but descriptor ${fd} is a Unix socket`);
  }
  return NO_ADDRESS;
}

/**
 * The path of a Unix socket that another program has made, which Node does not tell.
 *
 * @returns undefined for another socket, and where the system does not tell.
 */
export async function pathOfDescriptor(fd: number): Promise<string | undefined> {
  const { ino } = fstatSync(fd);
  const sockets = await readFile("/proc/net/unix", "utf8").catch(() => "");
  const [, path] = new RegExp(`^(?:\\S+ +){6}${ino} (/.*)$`, "m").exec(sockets) ?? [];
  return path;
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
