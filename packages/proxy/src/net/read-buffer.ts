import type { BufferPool } from "./buffer-pool.ts";

/**
 * Where one direction of a session is read into: a small buffer of its own, which is enough for keystrokes
 * and small updates, and a large one on loan while reads fill the small one.
 *
 * A buffer may be read into again once the write that took its content is flushed. Who uses this class
 * stops reading until then, so there is never more than one buffer under way.
 */
export class ReadBuffer {
  readonly #pool: BufferPool;
  readonly #headroom: number;
  readonly #own: Buffer;
  #borrowed: Buffer | undefined;
  /** Goes back to the pool once the write that reads from it is flushed. */
  #returning: Buffer | undefined;

  /**
   * @param ownBytes - size of the small buffer.
   * @param headroom - bytes that stay free in front of what is read.
   */
  constructor(pool: BufferPool, ownBytes: number, headroom = 0) {
    this.#pool = pool;
    this.#headroom = headroom;
    this.#own = Buffer.allocUnsafe(headroom + ownBytes);
  }

  /** The buffer of the read at hand, with its headroom. */
  get current(): Buffer {
    return this.#borrowed ?? this.#own;
  }

  /** The part of it that is read into; for `onread`, which asks for it before each read. */
  get room(): Buffer {
    return this.current.subarray(this.#headroom);
  }

  /**
   * Picks the buffer of the next read; to be called within the callback of each.
   *
   * @param length - how many bytes came.
   * @param writing - whether a write still reads from the {@link current} buffer.
   */
  advance(length: number, writing: boolean): void {
    if (this.#borrowed === undefined) {
      if (length === this.#own.length - this.#headroom) this.#borrowed = this.#pool.borrow();
    } else if (length < this.#borrowed.length - this.#headroom) {
      // The other side has nothing more, and may have nothing for hours: Node asks for a buffer only after a read,
      // so a large one that is kept now could not be had back from a session that stays quiet.
      this.#returning = this.#borrowed;
      this.#borrowed = undefined;
      if (!writing) this.flushed();
    }
  }

  /** No write reads from a buffer any more. */
  flushed(): void {
    if (this.#returning !== undefined) this.#pool.release(this.#returning);
    this.#returning = undefined;
  }

  /** Gives everything back; only when nobody reads into a buffer, and no write from one. */
  release(): void {
    this.flushed();
    this.#returning = this.#borrowed;
    this.#borrowed = undefined;
    this.flushed();
  }
}
