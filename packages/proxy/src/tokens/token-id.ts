import { sha256 } from "../sha256.ts";

/**
 * The id of a token whose system gives it none: 128 bits of its digest, which are the same in every process and reveal
 * nothing.
 */
export function digestId(token: string): string {
  return idOfDigest(sha256(token));
}

/** As {@link digestId}, of a token's SHA-256. */
export function idOfDigest(digest: Buffer): string {
  return digest.toString("base64url").slice(0, 22);
}

/**
 * The id of a signed token (JWS), which is that of what is signed. A holder can write the signature in several ways,
 * and encrypt the token anew; none of them may be another token, which could be used again.
 */
export function signedTokenId(token: string): string {
  return digestId(token.slice(0, token.lastIndexOf(".")));
}
