import type { Socket } from "node:net";
import { Client, type ConnectOptions } from "./client.ts";
import { resetSocket } from "./reset-socket.ts";
import { ACKNOWLEDGEMENT, NUMBER_BYTES, type Target } from "./target.ts";

/** Both ends of a session through a proxy. */
export interface Session {
  readonly client: Client;
  /** The target's socket; without a listener its data is read and dropped. */
  readonly target: Socket;
}

const OPEN_TIMEOUT_MS = 20_000;
const CLOSE_TIMEOUT_MS = 3_000;

let lastNumber = 0;

/**
 * Opens a session; resolves once the target's first byte has reached the client.
 * @throws Error if the proxy refuses it, or if it takes over 20 s
 */
export async function openSession(options: ConnectOptions, target: Target): Promise<Session> {
  const client = await Client.open(options);
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
    reject(new Error(`expected a session within ${OPEN_TIMEOUT_MS / 1000} s`));
  }, OPEN_TIMEOUT_MS);
  const refused = client.ended.then(({ code, reason }) => {
    clearTimeout(timer);
    throw new Error(`the proxy refused a session with ${code} ${reason}`);
  });
  // Later ends are handled by the caller.
  refused.catch(ignore);
  client.send(number);
  return await Promise.race([promise, refused]);
}

/** Opens sessions, at most `parallel` at a time, and returns them in the order of `options`. */
export async function openSessions(
  options: readonly ConnectOptions[],
  target: Target,
  parallel = 50,
): Promise<Session[]> {
  const sessions: Session[] = [];
  const waiting = options.entries();
  const openOneByOne = async (): Promise<void> => {
    for (const [index, one] of waiting) sessions[index] = await openSession(one, target);
  };
  await Promise.all(Array.from({ length: Math.min(parallel, options.length) }, openOneByOne));
  return sessions;
}

/** Closes sessions as clients do, and resets them after 3 s. Resolves once all sockets are closed. */
export async function closeSessions(sessions: readonly Session[]): Promise<void> {
  const timer = setTimeout(() => {
    for (const { client, target } of sessions) {
      client.abort();
      resetSocket(target);
    }
  }, CLOSE_TIMEOUT_MS);
  await Promise.all(
    sessions.map(async ({ client, target }) => {
      const bothClosed = [client.socket, target].map(closed);
      target.resume();
      client.resume();
      client.close();
      await Promise.all(bothClosed);
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
