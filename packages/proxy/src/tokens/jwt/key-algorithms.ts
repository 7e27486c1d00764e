import type { KeyObject } from "node:crypto";

/** The least bits of a secret and of an RSA key (RFC 7518, sections 3.2 and 3.3). */
const MIN_SECRET_BITS = 256;
const MIN_RSA_BITS = 2048;

/** What tokens may be signed with whose keys come from a key set: no secrets, which such a set would publish. */
export const PUBLIC_KEY_ALGORITHMS: readonly string[] = ["RS256", "PS256", "ES256", "EdDSA", "Ed25519"];

/** Whose keys are asked for a content encryption key; none of them derives a key from a password. */
const WRAPPING = ["A128KW", "A192KW", "A256KW", "A128GCMKW", "A192GCMKW", "A256GCMKW"];
const AGREEMENT = ["ECDH-ES", "ECDH-ES+A128KW", "ECDH-ES+A192KW", "ECDH-ES+A256KW"];

const BY_KEY_TYPE: Readonly<Record<string, readonly string[]>> = {
  rsa: ["RSA-OAEP", "RSA-OAEP-256"],
  ec: AGREEMENT,
  x25519: AGREEMENT,
};

/**
 * What a token may be signed with (JWS, RFC 7518, section 3.1), which the key alone decides: never the token's header, so
 * a public key is never taken for a secret.
 *
 * @throws Error when the key is too short, or of no type that can be used.
 */
export function signatureAlgorithms(key: KeyObject): readonly string[] {
  if (key.type === "secret") return secretAlgorithms(8 * (key.symmetricKeySize ?? 0));
  const { asymmetricKeyType: type = "none", asymmetricKeyDetails: { modulusLength = 0, namedCurve } = {} } = key;
  if (type === "rsa" && modulusLength < MIN_RSA_BITS) {
    throw new Error(`expected an RSA key of ${MIN_RSA_BITS} bits or more`);
  }
  if (type === "rsa") return ["RS256", "PS256"];
  if (type === "ec" && namedCurve === "prime256v1") return ["ES256"];
  if (type === "ed25519") return ["EdDSA", "Ed25519"];
  throw new Error("expected a secret, or an RSA, P-256 or Ed25519 key");
}

/** A secret has at least as many bits as the hash. */
function secretAlgorithms(bits: number): readonly string[] {
  if (bits < MIN_SECRET_BITS)
    throw new Error(`expected a secret of ${MIN_SECRET_BITS / 8} bytes or more, as base64url`);
  return [256, 384, 512].filter((size) => size <= bits).map((size) => `HS${size}`);
}

/** What a token may be encrypted for this key with (JWE, RFC 7518, section 4.1); empty where it cannot be. */
export function encryptionAlgorithms(key: KeyObject): readonly string[] {
  if (key.type === "secret") return ["dir", ...WRAPPING];
  if (key.type === "public") return [];
  return BY_KEY_TYPE[key.asymmetricKeyType ?? ""] ?? [];
}
