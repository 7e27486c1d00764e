const NOTHING = Buffer.alloc(0);

/** Room for more behind the first bytes that are kept. */
const ROOM_BYTES = 64;

/** What was read from a client and not parsed yet. */
export class UnparsedBytes {
  /** The memory of a read, or {@link #kept}; parsed up to {@link at}. */
  #bytes: Buffer;
  /** Memory of its own, with room for more, in which `#bytes` begins. */
  #kept: Buffer = NOTHING;
  #isKept = false;
  /** Where in {@link bytes} the next step begins. */
  at = 0;

  /** @param head - what was read first. */
  constructor(head: Buffer) {
    this.#bytes = head;
  }

  get bytes(): Buffer {
    return this.#bytes;
  }

  get isEmpty(): boolean {
    return this.at >= this.#bytes.length;
  }

  /** Whether some of it is in the memory of a read, which must not change until then. */
  get isInRead(): boolean {
    return !this.isEmpty && !this.#isKept;
  }

  get length(): number {
    return this.#bytes.length - this.at;
  }

  /** Refers to what was just read, without a copy. Only while empty. */
  set(chunk: Buffer): void {
    this.#bytes = chunk;
    this.#isKept = false;
    this.at = 0;
  }

  clear(): void {
    this.#bytes = this.#kept = NOTHING;
    this.#isKept = false;
    this.at = 0;
  }

  /**
   * Copies what there is, and `chunk` behind it, to memory of its own. The memory grows in leaps, so that a client that
   * sends single bytes does not have them copied again and again.
   *
   * @param limit - length from which on no room for more is needed.
   * @returns the length of what is unparsed.
   */
  keep(chunk: Buffer, limit: number): number {
    const unparsed = this.#bytes.subarray(this.at);
    const bytes = unparsed.length + chunk.length;
    if (!this.#isKept || this.at > 0 || this.#kept.length < bytes) {
      this.#kept = Buffer.allocUnsafe(Math.max(bytes, Math.min(2 * bytes + ROOM_BYTES, limit)));
      unparsed.copy(this.#kept);
    }
    chunk.copy(this.#kept, unparsed.length);
    this.#bytes = this.#kept.subarray(0, bytes);
    this.#isKept = true;
    this.at = 0;
    return bytes;
  }
}
