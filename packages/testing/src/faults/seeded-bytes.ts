import { createCipheriv, createHash } from "node:crypto";

/** Bytes that look random and are the same for the same seed: the AES-128-CTR key stream of that seed. */
export class SeededBytes {
  readonly #cipher: ReturnType<typeof createCipheriv>;

  /** @param seed - an integer from 0 to 2^32 - 1 */
  constructor(seed: number) {
    const key = Buffer.alloc(16);
    key.writeUInt32BE(seed);
    this.#cipher = createCipheriv("aes-128-ctr", key, Buffer.alloc(16));
  }

  /** The next `length` bytes. */
  next(length: number): Buffer {
    return this.#cipher.update(Buffer.alloc(length));
  }
}

/** The first `length` bytes of a seed. */
export function seededBytes(seed: number, length: number): Buffer {
  return new SeededBytes(seed).next(length);
}

/** SHA-256, in hex, of the first `length` bytes of a seed; does not hold them all in memory. */
export function seededHash(seed: number, length: number): string {
  const source = new SeededBytes(seed);
  const hash = createHash("sha256");
  for (let left = length; left > 0; left -= 65_536) hash.update(source.next(Math.min(left, 65_536)));
  return hash.digest("hex");
}
