import type { Socket } from "node:net";
import type { WebSocket } from "ws";

/** Console bytes that have passed, by direction. */
export interface RelayedBytes {
  readonly toClient: number;
  readonly toTarget: number;
}

const BINARY = { binary: true, compress: false } as const;

/**
 * The byte pump between a client and its target.
 *
 * Back-pressure, target to client: as long as a chunk is not with the kernel, the target is not
 * read. So at most what one read returned waits in user space, and at a deadline there is no queue
 * that the close frame would have to wait behind. Client to target: while the target's queue is
 * over its high-water mark, the client is not read.
 */
export class Relay {
  readonly #client: WebSocket;
  readonly #target: Socket;
  readonly #onTargetEnd: () => void;
  #toClient = 0;
  #toTarget = 0;
  #stopped = false;

  /** @param onTargetEnd - called once when the target has closed and all that it sent was passed on. */
  constructor(client: WebSocket, target: Socket, onTargetEnd: () => void) {
    this.#client = client;
    this.#target = target;
    this.#onTargetEnd = onTargetEnd;
    target.on("data", this.#forwardToClient).on("drain", this.#targetDrained);
    // `end` comes after the last byte was passed on; a reset has no `end`, only `close`.
    target.on("end", onTargetEnd).on("close", onTargetEnd);
  }

  get bytes(): RelayedBytes {
    return { toClient: this.#toClient, toTarget: this.#toTarget };
  }

  /** Passes a client's message on. */
  forwardToTarget(data: Buffer): void {
    if (this.#stopped) return;
    this.#toTarget += data.length;
    if (!this.#target.write(data)) this.#client.pause();
  }

  /** From now on no byte passes in either direction. What happens to the two sockets is the caller's. */
  stop(): void {
    this.#stopped = true;
    this.#target.off("data", this.#forwardToClient).off("drain", this.#targetDrained);
    this.#target.off("end", this.#onTargetEnd).off("close", this.#onTargetEnd);
  }

  readonly #forwardToClient = (chunk: Buffer): void => {
    this.#toClient += chunk.length;
    this.#client.send(chunk, BINARY, this.#sent);
    if (this.#client.bufferedAmount > 0) this.#target.pause();
  };

  readonly #sent = (): void => {
    if (!this.#stopped && this.#client.bufferedAmount === 0) this.#target.resume();
  };

  readonly #targetDrained = (): void => {
    this.#client.resume();
  };
}
