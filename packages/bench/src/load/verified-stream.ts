import { createHash, randomBytes, randomInt } from "node:crypto";
import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";

/** Random bytes that payloads are cut from, so that misplaced bytes are noticed. */
const POOL = randomBytes(4 * 1024 * 1024);
const LARGEST_WRITE = 256 * 1024;
const PAUSE_ONE_IN = 400;
const LONGEST_PAUSE_MS = 10;

/** The receiving side of a stream: counts and hashes what arrives. */
export class StreamVerifier {
  readonly #hash = createHash("sha256");
  readonly #waiting: { readonly bytes: number; readonly resolve: () => void }[] = [];
  #bytes = 0;

  take(bytes: Buffer): void {
    this.#hash.update(bytes);
    this.#bytes += bytes.length;
    while (this.#waiting[0] !== undefined && this.#waiting[0].bytes <= this.#bytes) this.#waiting.shift()?.resolve();
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Resolves once that many bytes have arrived. */
  async received(bytes: number): Promise<void> {
    if (this.#bytes >= bytes) return;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#waiting.push({ bytes, resolve });
    await promise;
  }

  /** SHA-256 of what has arrived, in hexadecimal. Call it once, at the end. */
  digest(): string {
    return this.#hash.digest("hex");
  }
}

/**
 * Sends random bytes in writes of random sizes, with pauses.
 * @param total - how many bytes
 * @param encode - frames each payload
 * @returns the SHA-256 of the payloads, in hexadecimal
 */
export async function sendRandom(
  socket: Socket,
  total: number,
  encode: (payload: Buffer) => Uint8Array,
): Promise<string> {
  const hash = createHash("sha256");
  for (let left = total; left > 0;) {
    const size = Math.min(left, randomInt(1, LARGEST_WRITE));
    const from = randomInt(0, POOL.length - size);
    const payload = POOL.subarray(from, from + size);
    hash.update(payload);
    left -= size;
    if (!socket.write(encode(payload))) await once(socket, "drain");
    if (randomInt(PAUSE_ONE_IN) === 0) await delay(randomInt(LONGEST_PAUSE_MS));
  }
  return hash.digest("hex");
}
