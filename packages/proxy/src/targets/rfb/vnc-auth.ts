import { createCipheriv } from "node:crypto";

/** DES takes 8 bytes of a password; the rest counts for nothing. */
const KEY_BYTES = 8;

/**
 * The answer to the challenge of VNC Authentication (RFC 6143, section 7.2.2): the challenge, encrypted by DES with the
 * password as the key, the bits of each byte in reverse order. OpenSSL 3 no longer has DES, but triple DES with three
 * equal keys is the same.
 *
 * @param challenge - 16 bytes.
 */
export function answerChallenge(password: string, challenge: Uint8Array): Buffer {
  const key = Buffer.alloc(KEY_BYTES);
  Buffer.from(password).copy(key);
  const reversed = key.map(reverseBits);
  const cipher = createCipheriv("des-ede3", Buffer.concat([reversed, reversed, reversed]), null);
  return Buffer.concat([cipher.setAutoPadding(false).update(challenge), cipher.final()]);
}

function reverseBits(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit += 1) reversed |= ((byte >> bit) & 1) << (7 - bit);
  return reversed;
}
