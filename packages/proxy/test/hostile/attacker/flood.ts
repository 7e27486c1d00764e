import type { Socket } from "node:net";

/** About how much is written at once, in bytes. */
const PIECE_BYTES = 64 * 1024;

/** A piece repeated until there is enough for one write. */
export function repeated(piece: Buffer | string): Buffer {
  const bytes = Buffer.from(piece);
  return Buffer.concat(Array.from({ length: Math.max(1, Math.ceil(PIECE_BYTES / bytes.length)) }, () => bytes));
}

/** Writes the same bytes as fast as the gateway takes them, and drops what it answers. */
export function flood(socket: Socket, bytes: Buffer): void {
  socket.resume();
  floodUnread(socket, bytes);
}

/** As {@link flood}, and reads no answer. */
export function floodUnread(socket: Socket, bytes: Buffer): void {
  const write = (): void => {
    // A turn of the event loop between writes: every connection has its own.
    if (socket.destroyed || !socket.writable) return;
    if (socket.write(bytes)) setImmediate(write);
    else socket.once("drain", write);
  };
  write();
}
