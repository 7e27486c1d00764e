/** Size of a pooled buffer in bytes: large enough that the fixed cost of a read and a write no longer matters. */
const BUFFER_BYTES = 256 * 1024;

/** How many buffers may be on loan. Other sessions keep using their own small ones. */
const MAX_BUFFERS = 64;

/** How long returned buffers are kept for the next busy session, in milliseconds. */
const KEEP_MS = 5000;

/**
 * Large read buffers, on loan to the sessions that are busy right now. Returned buffers are kept for a short time and
 * then freed, so that only busy sessions occupy memory.
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

  /** Returns a buffer that {@link borrow} gave. */
  release(buffer: Buffer): void {
    this.#lent -= 1;
    this.#free.push(buffer);
    if (this.#clearing) return;
    this.#clearing = true;
    setTimeout(() => {
      this.#clearing = false;
      // Freed right here: on a quiet gateway the next garbage collection may be hours away.
      for (const { buffer } of this.#free.splice(0)) if (buffer instanceof ArrayBuffer) buffer.transfer(0);
    }, KEEP_MS).unref();
  }
}
