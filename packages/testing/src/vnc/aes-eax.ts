import { createCipheriv, timingSafeEqual } from "node:crypto";

/** Length of the tag at the end of each message, in bytes. */
export const TAG_LENGTH = 16;
const BLOCK = 16;

/**
 * AES-128 in EAX mode (Bellare, Rogaway and Wagner, "The EAX mode of operation"), which Node does not have: encrypts
 * with CTR, and authenticates with OMAC, which is CMAC (RFC 4493).
 */
export class AesEax {
  readonly #key: Uint8Array;
  readonly #subkeys: readonly [Buffer, Buffer];

  /** @param key 16 bytes */
  constructor(key: Uint8Array) {
    this.#key = key;
    const first = doubled(this.#encrypt("aes-128-ecb", null, Buffer.alloc(BLOCK)));
    this.#subkeys = [first, doubled(first)];
  }

  /** The encrypted message, with its tag at the end. */
  seal(nonce: Uint8Array, header: Uint8Array, message: Uint8Array): Buffer {
    const counter = this.#omac(0, nonce);
    const encrypted = this.#encrypt("aes-128-ctr", counter, message);
    return Buffer.concat([encrypted, this.#tag(counter, header, encrypted)]);
  }

  /** @throws Error when the message or the header is not what was sealed under this nonce. */
  open(nonce: Uint8Array, header: Uint8Array, sealed: Uint8Array): Buffer {
    const counter = this.#omac(0, nonce);
    const encrypted = sealed.subarray(0, -TAG_LENGTH);
    if (!timingSafeEqual(this.#tag(counter, header, encrypted), sealed.subarray(-TAG_LENGTH))) {
      throw new Error("the client sent an encrypted message that does not authenticate");
    }
    return this.#encrypt("aes-128-ctr", counter, encrypted);
  }

  #tag(counter: Buffer, header: Uint8Array, encrypted: Uint8Array): Buffer {
    return xor(xor(counter, this.#omac(1, header)), this.#omac(2, encrypted));
  }

  /** CMAC of the message with the number `tweak` as a block before it. */
  #omac(tweak: number, message: Uint8Array): Buffer {
    const blocks = Buffer.alloc(BLOCK + BLOCK * Math.ceil(message.length / BLOCK));
    blocks[BLOCK - 1] = tweak;
    blocks.set(message, BLOCK);
    const isWhole = message.length % BLOCK === 0;
    if (!isWhole) blocks[BLOCK + message.length] = 0x80;
    const last = blocks.subarray(-BLOCK);
    last.set(xor(last, this.#subkeys[isWhole ? 0 : 1]));
    return this.#encrypt("aes-128-cbc", Buffer.alloc(BLOCK), blocks).subarray(-BLOCK);
  }

  #encrypt(algorithm: string, iv: Uint8Array | null, bytes: Uint8Array): Buffer {
    const cipher = createCipheriv(algorithm, this.#key, iv).setAutoPadding(false);
    return Buffer.concat([cipher.update(bytes), cipher.final()]);
  }
}

function xor(one: Uint8Array, other: Uint8Array): Buffer {
  return Buffer.from(one.map((byte, at) => byte ^ (other[at] ?? 0)));
}

/** Multiplied by x in the field of 2¹²⁸ elements (RFC 4493, section 2.3). */
function doubled(block: Buffer): Buffer {
  const shifted = Buffer.from(block.map((byte, at) => (byte << 1) | ((block[at + 1] ?? 0) >> 7)));
  if (block.readUInt8() & 0x80) shifted.writeUInt8(shifted.readUInt8(BLOCK - 1) ^ 0x87, BLOCK - 1);
  return shifted;
}
