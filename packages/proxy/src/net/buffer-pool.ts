/** Size of a pooled buffer in bytes: large enough that the fixed cost of a read and a write no longer matters. */
const BUFFER_BYTES = 256 * 1024;

/** How many buffers may be on loan. Other sessions keep using their own small ones. */
const MAX_BUFFERS = 64;

/** After how long a write counts as stalled, in milliseconds. */
const STALLED_MS = 1000;

/** How many more buffers may be lent in place of those of stalled writes. */
const MAX_REPLACED = 128;

/** How long returned buffers are kept for the next busy session, in milliseconds. */
const KEEP_MS = 5000;

/**
 * Large read buffers, on loan to the sessions that are busy right now. Returned buffers are kept for a short time and
 * then freed, so that only busy sessions occupy memory.
 */
export class BufferPool {
  readonly #free: Buffer[] = [];
  /** Buffers on loan, less those that were replaced. */
  #lent = 0;
  /** Buffers that a write reads from, with the time since when it does; the oldest first. */
  readonly #writing = new Map<Buffer, number>();
  /** Buffers of stalled writes, in whose place others were lent. */
  readonly #replaced = new Set<Buffer>();
  #clearing = false;

  /** A large buffer, or `undefined` when too many are on loan. */
  borrow(): Buffer | undefined {
    if (this.#lent === MAX_BUFFERS && !this.#replaceStalled()) return undefined;
    this.#lent += 1;
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(BUFFER_BYTES);
  }

  /** A write reads from the buffer from now on. */
  writeBegins(buffer: Buffer): void {
    this.#writing.set(buffer, performance.now());
  }

  /** No write reads from the buffer any more. */
  writeEnds(buffer: Buffer): void {
    this.#writing.delete(buffer);
  }

  /** Clients that do not read could otherwise keep all buffers, and everybody else would do with small ones. */
  #replaceStalled(): boolean {
    if (this.#replaced.size === MAX_REPLACED) return false;
    for (const [buffer, since] of this.#writing) {
      if (performance.now() - since < STALLED_MS) return false;
      this.#writing.delete(buffer);
      this.#replaced.add(buffer);
      this.#lent -= 1;
      return true;
    }
    return false;
  }

  /** Returns a buffer that {@link borrow} gave. */
  release(buffer: Buffer): void {
    this.#writing.delete(buffer);
    if (this.#replaced.delete(buffer)) return;
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
