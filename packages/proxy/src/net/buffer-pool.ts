/** Bytes of a pooled buffer: enough that the cost of a read and a write no longer counts. */
const BUFFER_BYTES = 256 * 1024;

/** How many buffers may be on loan; whoever comes later goes on with its own small one. */
const MAX_BUFFERS = 64;

/** How long returned buffers are kept for the next busy session, in milliseconds. */
const KEEP_MS = 5000;

/**
 * Large read buffers, on loan to the sessions that are busy right now. What comes back is kept for a
 * moment and then given to the collector, so that memory stays with the busy few.
 */
export class BufferPool {
  readonly #free: Buffer[] = [];
  #lent = 0;
  #clearing = false;

  /** A large buffer, or `undefined` when too many are on loan. */
  borrow(): Buffer | undefined {
    if (this.#lent === MAX_BUFFERS) return undefined;
    this.#lent += 1;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
  }

  /** Takes back what {@link borrow} gave. */
  release(buffer: Buffer): void {
    this.#lent -= 1;
    this.#free.push(buffer);
    if (this.#clearing) return;
    this.#clearing = true;
    setTimeout(() => {
      this.#clearing = false;
      // Freed at once: a gateway that is quiet again has no next garbage collection.
      for (const { buffer } of this.#free.splice(0)) if (buffer instanceof ArrayBuffer) buffer.transfer(0);
    }, KEEP_MS).unref();
  }
}
