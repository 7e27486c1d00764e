import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";

/** Resets a connection, which leaves no trace of it in TIME_WAIT. Node can only close those with TLS. */
export function resetSocket(socket: Socket): void {
  if (socket instanceof TLSSocket) socket.destroy();
  else socket.resetAndDestroy();
}
