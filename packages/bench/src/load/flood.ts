import type { Socket } from "node:net";

/** Blocks that are written before other sockets get their turn. */
const BLOCKS_A_TURN = 4;

/**
 * Writes a block again and again, as fast as the socket takes it; the function that comes back stops it. A write
 * that the kernel takes at once returns at once: without turns the first socket would keep the others waiting.
 */
export function flood(socket: Socket, block: Uint8Array, limitBytes: number = Infinity): () => void {
  let stopped = false;
  let written = 0;
  const step = (): void => {
    for (let index = 0; index < BLOCKS_A_TURN; index++) {
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
