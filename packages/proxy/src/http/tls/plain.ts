import type { Server } from "node:https";
import type { Socket } from "node:net";

/** The first byte of a TLS connection: the type of the record that holds a `ClientHello` (RFC 8446, section 5.1). */
const HANDSHAKE_RECORD = 0x16;

/** Has a server for TLS also serve plain HTTP, as websockify does: the first byte of a connection tells which it is. */
export function servePlain(server: Server): void {
  // Node's own is the first.
  const [acceptTls] = server.listeners("connection") as ((socket: Socket) => void)[];
  if (acceptTls !== undefined) server.off("connection", acceptTls);
  server.prependListener("connection", (socket: Socket) => {
    // Until one of the two listens for errors, a client that vanishes must not be fatal.
    socket.on("error", ignore);
    socket.once("readable", () => {
      const first = socket.read(1) as Buffer | null;
      // The client has closed the connection.
      if (first === null) return void socket.destroy();
      socket.unshift(first);
      if (first[0] === HANDSHAKE_RECORD) acceptTls?.call(server, socket);
      // What is emitted after a handshake is heard by Node's HTTP server, which takes any socket.
      else server.emit("secureConnection", socket);
    });
  });
}

function ignore(): void {}
