import type { Server } from "node:http";
import type { Socket } from "node:net";
import { plainAddress } from "../../net/client-address.ts";
import type { TrustedProxies } from "../../net/trusted-proxies.ts";
import { parseProxyHeader, type ProxyHeader } from "./proxy-header.ts";

/** What {@link readProxyHeaders} tells. */
export interface ProxyHeaderHandler {
  /** A connection began with a header. @returns false to go no further with it. */
  readonly named: (socket: Socket, header: ProxyHeader) => boolean;
  /** A header is malformed: the connection is destroyed. */
  readonly malformed: (socket: Socket) => void;
}

/**
 * Has a server take the header of the PROXY protocol off connections of trusted proxies before it looks at them; theirs
 * may have none. On other connections the header is what it looks like: a malformed request.
 * The proxies that are trusted may change.
 *
 * @returns destroys the connections whose header is still missing, which the server does not know of yet.
 */
export function readProxyHeaders(server: Server, trusted: TrustedProxies, handler: ProxyHeaderHandler): () => void {
  const waiting = new Set<Socket>();
  // The first is what makes requests of a connection: Node's own, for TLS or HTTP, or the one that tells them apart.
  const [accept] = server.listeners("connection") as ((socket: Socket) => void)[];
  if (accept === undefined) throw new Error("expected a server that listens for connections");
  server.off("connection", accept);
  server.prependListener("connection", (socket: Socket) => {
    if (trusted.isEmpty || !trusted.has(plainAddress(socket.remoteAddress))) return accept.call(server, socket);
    waiting.add(socket);
    readHeader(socket, handler, () => {
      if (waiting.delete(socket)) accept.call(server, socket);
    });
    socket.once("close", () => waiting.delete(socket));
  });
  return () => {
    for (const socket of waiting) socket.destroy();
  };
}

/** Its time is limited as that of every connection without a session. */
function readHeader(socket: Socket, { named, malformed }: ProxyHeaderHandler, accept: () => void): void {
  let bytes: Buffer = Buffer.alloc(0);
  const onReadable = (): void => {
    const chunk = socket.read() as Buffer | null;
    // The client has closed the connection.
    if (chunk === null) return void socket.destroy();
    bytes = bytes.length === 0 ? chunk : Buffer.concat([bytes, chunk]);
    const header = parseProxyHeader(bytes);
    if (header === "incomplete") return void socket.once("readable", onReadable);
    if (header === "malformed") {
      malformed(socket);
      return void socket.destroy();
    }
    if (header !== "none" && !named(socket, header)) return void socket.destroy();
    const rest = header === "none" ? bytes : bytes.subarray(header.length);
    if (rest.length > 0) socket.unshift(rest);
    accept();
  };
  // Until what comes next listens for itself, a client that vanishes must not be fatal.
  socket.on("error", ignore).once("readable", onReadable);
}

function ignore(): void {}
