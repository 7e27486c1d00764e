/** The identity of a VNC server, which it shows before it receives credentials. */
export interface ServerIdentity {
  /** The kind of key: `"RSA"` for the security type RA2ne. */
  readonly type: string;
  /** As the server sent it: length in bits (4 bytes), modulus, exponent. */
  readonly publicKey: Uint8Array;
  /** The first 8 bytes of the key's SHA-1, as VNC viewers show it: `"d6-20-…"`. */
  readonly fingerprint: string;
  /** SHA-256 of the key in hexadecimal. Compare this one in programs: 8 bytes of SHA-1 can be forged. */
  readonly sha256: string;
}

/** Computes the fingerprints. Needs a secure context, as noVNC does for these security types. */
export async function identityOf(type: string, publicKey: Uint8Array): Promise<ServerIdentity> {
  const key = Uint8Array.from(publicKey);
  const [sha1, sha256] = await Promise.all(["SHA-1", "SHA-256"].map((name) => crypto.subtle.digest(name, key)));
  return { type, publicKey: key, fingerprint: hex(sha1).slice(0, 8).join("-"), sha256: hex(sha256).join("") };
}

function hex(digest: ArrayBuffer | undefined): string[] {
  return Array.from(new Uint8Array(digest ?? []), (byte) => byte.toString(16).padStart(2, "0"));
}
