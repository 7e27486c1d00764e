import { once } from "node:events";
import { connect, createServer } from "node:net";
import type { AddressInfo } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Where all real servers listen, out of reach of other machines. */
export const LOOPBACK = "127.0.0.1";

/** How often a server that does not say when it listens is asked, in milliseconds. */
const RETRY_MS = 20;

/** A TCP port on loopback that was free a moment ago. Another program may take it first: see `onFreePort`. */
async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, LOOPBACK);
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

/** Thrown by a starter whose port was taken between its choice and its use. */
export class PortTakenError extends Error {
  override readonly name = "PortTakenError";
}

/** Calls `start` with a free port, and again with another one when that port turns out to be taken. */
export async function onFreePort<Server>(start: (port: number) => Promise<Server>, attempts = 5): Promise<Server> {
  const port = await freePort();
  try {
    return await start(port);
  } catch (error) {
    if (error instanceof PortTakenError && attempts > 1) return onFreePort(start, attempts - 1);
    throw error;
  }
}

/** Resolves when something accepts connections on the port. Connects and leaves, once. */
export async function accepting(port: number, signal: AbortSignal): Promise<void> {
  while (!(await accepts(port))) {
    await delay(RETRY_MS, undefined, { signal });
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, LOOPBACK);
  try {
    await once(socket, "connect");
    return true;
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
