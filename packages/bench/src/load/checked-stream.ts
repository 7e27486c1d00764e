import { createHash, randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Where random payload is cut from: any slice of it differs from its neighbours. */
const pool = randomBytes(4 * 1024 * 1024);
const LARGEST_WRITE = 256 * 1024;
const PAUSE_ONE_IN = 400;
const LONGEST_PAUSE_MS = 10;

/** The receiving side of a stream: what came, and whether it is what was sent. */
export class Receipt {
  readonly #hash = createHash("sha256");
  readonly #waiting: { readonly bytes: number; readonly resolve: () => void }[] = [];
  #received = 0;

  take(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#received += bytes.length;
    while (this.#waiting[0] !== undefined && this.#waiting[0].bytes <= this.#received) this.#waiting.shift()?.resolve();
  }

  get received(): number {
    return this.#received;
  }

  /** Resolves when that many bytes have come. */
  async has(bytes: number): Promise<void> {
    if (this.#received >= bytes) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, resolve });
    await promise;
  }

  digest(): string {
    return this.#hash.digest("hex");
  }
}

/**
 * Sends that many random bytes in writes of random sizes, with pauses.
 * @param encode - frames what is written
 * @returns the SHA-256 of what was sent
 */
export async function sendRandom(
  socket: Socket,
  total: number,
  encode: (payload: Buffer) => Uint8Array,
): Promise<string> {
  const hash = createHash("sha256");
  for (let left = total; left > 0;) {
    const size = Math.min(left, randomInt(1, LARGEST_WRITE));
    const from = randomInt(0, pool.length - size);
    const payload = pool.subarray(from, from + size);
    hash.update(payload);
    left -= size;
    if (!socket.write(encode(payload))) await once(socket, "drain");
    if (randomInt(PAUSE_ONE_IN) === 0) await delay(randomInt(LONGEST_PAUSE_MS));
  }
  return hash.digest("hex");
}
