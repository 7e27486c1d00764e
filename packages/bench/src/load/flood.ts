import type { Socket } from "node:net";

/** Blocks that are written before other sockets have their turn. */
const BLOCKS_PER_TURN = 4;

/**
 * Writes a block repeatedly, as fast as the socket accepts it, until the returned function is called. Yields to the event
 * loop between turns: a write that the kernel accepts returns immediately, and the first socket would starve the others.
 */
export function flood(socket: Socket, block: Uint8Array, limitBytes: number = Infinity): () => void {
  let stopped = false;
  let written = 0;
  const step = (): void => {
    for (let index = 0; index < BLOCKS_PER_TURN; index++) {
      if (stopped || socket.destroyed || written >= limitBytes) return;
      written += block.length;
      if (!socket.write(block)) return void socket.once("drain", step);
    }
    setImmediate(step);
  };
  step();
  return () => {
    stopped = true;
  };
}
