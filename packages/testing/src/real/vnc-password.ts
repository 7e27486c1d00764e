import { createCipheriv } from "node:crypto";

/** RFB takes passwords of at most this many bytes (RFC 6143, 7.2.2). */
const PASSWORD_BYTES = 8;

/** The key with which VNC servers obfuscate their password files, each byte's bits in DES order. */
const fileKey = Buffer.from("e84ad660c4721ae0", "hex");

/**
 * The content of a VNC password file, as `vncpasswd` writes it.
 * @throws RangeError when the password is empty or longer than eight bytes: VNC authentication ignores the rest.
 */
export function vncPasswordFile(password: string): Buffer {
  const bytes = Buffer.from(password);
  if (bytes.length < 1 || bytes.length > PASSWORD_BYTES) {
    throw new RangeError(`a VNC password has 1 to ${PASSWORD_BYTES} bytes, got ${bytes.length}`);
  }
  // OpenSSL offers single DES only as triple DES with three equal keys.
  const cipher = createCipheriv("des-ede3-ecb", Buffer.concat([fileKey, fileKey, fileKey]), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([
    cipher.update(Buffer.concat([bytes, Buffer.alloc(PASSWORD_BYTES - bytes.length)])),
    cipher.final(),
  ]);
}
