import { createCipheriv, timingSafeEqual } from "node:crypto";

/**
 * The response to a VNC authentication challenge (RFC 6143, section 7.2.2): the challenge encrypted with DES in
 * ECB mode. The key is the password's first eight bytes, each with its bits in reverse order, as every
 * implementation does it. OpenSSL 3 keeps plain DES in its legacy provider; triple DES with one key thrice is the
 * same function and is always there.
 */
function vncAuthResponse(password: string, challenge: Uint8Array): Buffer {
  const key = Buffer.alloc(8);
  Buffer.from(password, "latin1").copy(key);
  const reversed = key.map(reverseBits);
  const cipher = createCipheriv("des-ede3-ecb", Buffer.concat([reversed, reversed, reversed]), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(challenge), cipher.final()]);
}

/** Whether a response was made with the password. */
export function isVncAuthResponse(password: string, challenge: Uint8Array, response: Uint8Array): boolean {
  return timingSafeEqual(vncAuthResponse(password, challenge), response);
}

function reverseBits(byte: number): number {
  let reversed = 0;
  for (let bit = 0; bit < 8; bit++) if ((byte & (1 << bit)) !== 0) reversed |= 0x80 >> bit;
  return reversed;
}
