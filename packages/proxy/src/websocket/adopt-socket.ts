import { type OnReadOpts, Socket } from "node:net";

/** The property of a socket that holds its handle. */
const HANDLE = "_handle";

/** Node's own handle, which has no types. */
interface Handle {
  readonly useUserBuffer?: unknown;
}

interface SocketWithHandle {
  [HANDLE]: Handle | null;
}

/** The types of `Socket` do not know the option `handle`. */
const SocketOverHandle: new (options: object) => Socket = Socket;

/**
 * Moves an accepted connection to a socket that reads into our own buffers. Node offers this (`onread`) for outgoing
 * connections only. For accepted ones it allocates 64 KiB for each read, which costs time, and memory until the next
 * garbage collection. The handle is not a documented part of Node: if it is not as expected, the connection stays as
 * it is.
 *
 * The old socket closes without closing the connection, so its server no longer counts it.
 *
 * @returns the new socket, which is reading already; undefined for TLS and others, which read into their own buffers.
 */
export function adoptSocket(socket: object, onread: OnReadOpts): Socket | undefined {
  // A subclass, such as that of TLS, is more than its handle.
  if (Object.getPrototypeOf(socket) !== Socket.prototype || !hasHandle(socket)) return undefined;
  const handle = socket[HANDLE];
  if (typeof handle?.useUserBuffer !== "function") return undefined;
  const adopted = new SocketOverHandle({ handle, onread, allowHalfOpen: true, readable: true, writable: true });
  socket[HANDLE] = null;
  socket.destroy();
  return adopted;
}

function hasHandle(socket: object): socket is Socket & SocketWithHandle {
  return HANDLE in socket;
}
