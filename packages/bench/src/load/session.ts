import type { Socket } from "node:net";
import { Client, type Entrance } from "./client.ts";
import { ACKNOWLEDGEMENT, NUMBER_BYTES, type Target } from "./target.ts";

/** A session through a proxy, with both its ends. */
export interface Session {
  readonly client: Client;
  /** The target's socket; what nobody listens for is read and dropped. */
  readonly target: Socket;
}

const OPENING_MS = 20_000;
const CLOSING_MS = 3_000;

let lastNumber = 0;

/**
 * Opens a session; resolves when the first byte of the target has reached the client.
 * @throws Error when the proxy refuses it, or does not bring it about within 20 s.
 */
export async function openSession(entrance: Entrance, target: Target): Promise<Session> {
  const client = await Client.open(entrance);
  const number = Buffer.alloc(NUMBER_BYTES);
  number.writeUInt32BE(++lastNumber);
  const accepted = target.session(lastNumber);
  const { promise, resolve, reject } = Promise.withResolvers<Session>();
  let received = 0;
  client.onPayload = (bytes) => {
    received += bytes.length;
    if (received < ACKNOWLEDGEMENT.length) return;
    client.onPayload = ignore;
    clearTimeout(timer);
    void accepted.then((socket) => resolve({ client, target: socket }));
  };
  const timer = setTimeout(() => {
    client.socket.destroy();
    reject(new Error(`expected a session within ${OPENING_MS / 1000} s`));
  }, OPENING_MS);
  const refused = client.ended.then(({ code, reason }) => {
    clearTimeout(timer);
    throw new Error(`the proxy ended a session that was about to begin, with ${code} ${reason}`);
  });
  // Later ends concern others.
  refused.catch(ignore);
  client.send(number);
  return await Promise.race([promise, refused]);
}

/** Opens a session through each entrance, at most `parallel` at a time; they come back in the same order. */
export async function openSessions(entrances: readonly Entrance[], target: Target, parallel = 50): Promise<Session[]> {
  const sessions: Session[] = [];
  const waiting = entrances.entries();
  const openOneByOne = async (): Promise<void> => {
    for (const [index, entrance] of waiting) sessions[index] = await openSession(entrance, target);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, entrances.length) }, openOneByOne));
  return sessions;
}

/** Closes sessions the way clients do; resolves when all their sockets have gone, by force after a while. */
export async function closeSessions(sessions: readonly Session[]): Promise<void> {
  const timer = setTimeout(() => {
    for (const { client, target } of sessions) {
      client.abort();
      target.resetAndDestroy();
    }
  }, CLOSING_MS);
  await Promise.all(
    sessions.map(async ({ client, target }) => {
      const gone = [client.socket, target].map(closed);
      target.resume();
      client.resume();
      client.close();
      await Promise.all(gone);
    }),
  );
  clearTimeout(timer);
}

async function closed(socket: Socket): Promise<void> {
  if (socket.closed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  socket.once("close", () => resolve());
  await promise;
}

function ignore(): void {}
