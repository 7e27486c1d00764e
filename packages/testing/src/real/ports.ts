import { randomInt } from "node:crypto";
import { once } from "node:events";
import { connect, createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Where all real servers listen, out of reach of other machines. */
export const LOOPBACK = "127.0.0.1";

/** How often a server that does not say when it listens is asked, in milliseconds. */
const RETRY_MS = 20;

/**
 * Registered ports, below those that systems give to outgoing connections (from 32,768 on): of these, one that was free
 * may be taken a moment later by any connection.
 */
const FIRST_PORT = 16_384;
const LAST_PORT = 32_767;

/** How many ports are tried. */
const MAX_TRIES = 100;

/** Those that {@link freePort} has chosen: one may still be free because its program is only starting. */
const chosen = new Set<number>();

/**
 * A TCP port on loopback that was free a moment ago, for a program that does not choose one itself.
 *
 * @throws Error when none of 100 ports was free.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < MAX_TRIES; tries += 1) {
    const port = randomInt(FIRST_PORT, LAST_PORT + 1);
    if (chosen.has(port)) continue;
    chosen.add(port);
    if (await isFree(port)) return port;
  }
  throw new Error(`none of ${MAX_TRIES} ports from ${FIRST_PORT} to ${LAST_PORT} is free`);
}

async function isFree(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await once(probe.listen(port, LOOPBACK), "listening");
  } catch {
    return false;
  }
  probe.close();
  await once(probe, "close");
  return true;
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
