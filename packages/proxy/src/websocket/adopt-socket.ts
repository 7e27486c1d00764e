import { type OnReadOpts, Socket } from "node:net";

/** Where a socket keeps what is under it. */
const HANDLE = "_handle";

/** Node's own, without types. */
interface Handle {
  readonly useUserBuffer?: unknown;
}

interface SocketWithHandle {
  [HANDLE]: Handle | null;
}

/** Its types know no handle of an accepted connection. */
const SocketOverHandle: new (options: object) => Socket = Socket;

/**
 * Moves an accepted connection to a socket that is read into buffers of ours. Node offers this (`onread`) for
 * connections that one makes, not for those that a server accepts; there it allocates 64 KiB for each read, which
 * costs time, and memory until the next garbage collection. The handle below the socket is no documented part of
 * Node: where it is not as expected, the connection stays as it is.
 *
 * The old socket closes without closing the connection, so its server no longer counts it.
 *
 * @returns the new socket, which reads already, or undefined: for TLS, which reads into its own buffers, and others.
 */
export function adoptSocket(socket: object, onread: OnReadOpts): Socket | undefined {
  // A subclass, such as TLS', is more than its handle.
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
