import type { Socket } from "node:net";

/**
 * Begins an answer, and sends the rest of it until the connection is closed.
 *
 * @returns how many bytes were accepted.
 */
export async function flood(
  socket: Socket,
  begin: string | Buffer,
  more: Buffer = Buffer.alloc(256 * 1024, "a"),
): Promise<number> {
  const { promise: closed, resolve } = Promise.withResolvers<void>();
  socket.once("close", () => resolve());
  const send = (): void => {
    while (socket.writable && socket.write(more));
  };
  socket.on("drain", send);
  socket.write(begin);
  send();
  await closed;
  return socket.bytesWritten;
}
