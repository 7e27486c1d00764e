import type { BufferPool } from "./buffer-pool.ts";

/**
 * The memory that one direction of a session is read into: a small buffer of its own, enough for keystrokes and small
 * updates, and a large one on loan while reads fill the small one.
 *
 * A buffer may be read into again once the write that took its content is flushed. Users of this class stop reading
 * until then, so there is never more than one buffer in flight.
 */
export class ReadBuffer {
  readonly #pool: BufferPool;
  readonly #headroom: number;
  readonly #own: Buffer;
  readonly #ownRoom: Buffer;
  #borrowed: Buffer | undefined;
  #borrowedRoom: Buffer | undefined;
  /** Returns to the pool once the write that reads from it is flushed. */
  #returning: Buffer | undefined;

  /**
   * @param ownBytes - size of the small buffer.
   * @param headroom - bytes to keep free in front of what is read.
   */
  constructor(pool: BufferPool, ownBytes: number, headroom = 0) {
    this.#pool = pool;
    this.#headroom = headroom;
    this.#own = Buffer.allocUnsafe(headroom + ownBytes);
    this.#ownRoom = this.#own.subarray(headroom);
  }

  /** The buffer of the current read, with its headroom. */
  get current(): Buffer {
    return this.#borrowed ?? this.#own;
  }

  /** The part of {@link current} that is read into, for `onread`. */
  get room(): Buffer {
    return this.#borrowed === undefined
      ? this.#ownRoom
      : (this.#borrowedRoom ??= this.#borrowed.subarray(this.#headroom));
  }

  /**
   * Picks the buffer of the next read. Call it in the callback of each read.
   *
   * @param length - how many bytes were read.
   * @param writing - whether a write still reads from the {@link current} buffer.
   */
  advance(length: number, writing: boolean): void {
    if (writing && this.#borrowed !== undefined) this.#pool.writeBegins(this.#borrowed);
    if (this.#borrowed === undefined) {
      if (length === this.#own.length - this.#headroom) this.#borrowed = this.#pool.borrow();
    } else if (length < this.#borrowed.length - this.#headroom) {
      // The other side has no more to send, perhaps for hours. Node takes the buffer of the next read right after this
      // one, so a large buffer that is kept now could not be taken back from a session that stays quiet.
      this.#giveBack();
      if (!writing) this.flushed();
    }
  }

  /** Call this when no write reads from a buffer any more. */
  flushed(): void {
    if (this.#borrowed !== undefined) this.#pool.writeEnds(this.#borrowed);
    if (this.#returning !== undefined) this.#pool.release(this.#returning);
    this.#returning = undefined;
  }

  /** Returns everything to the pool. Call it when nothing reads into a buffer and no write reads from one. */
  release(): void {
    this.flushed();
    this.#giveBack();
    this.flushed();
  }

  /** The borrowed buffer returns to the pool with the next {@link flushed}. */
  #giveBack(): void {
    this.#returning = this.#borrowed;
    this.#borrowed = this.#borrowedRoom = undefined;
  }
}
