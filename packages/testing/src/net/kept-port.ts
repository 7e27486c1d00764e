import { connect, type Socket } from "node:net";

/**
 * Keeps a port on which nothing listens: connecting to it is refused, and the system gives it to no other program that
 * wants any free port.
 *
 * @returns destroy it before listening there.
 */
export function keepPort(host: string, port: number): Socket {
  // A connection of the port to itself (RFC 9293, section 3.5, simultaneous open). Where it cannot be made, the port is
  // only free.
  return connect({ host, port, localAddress: host, localPort: port })
    .on("error", () => {})
    .unref();
}
