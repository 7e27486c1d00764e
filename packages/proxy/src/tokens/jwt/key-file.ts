import {
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  type JsonWebKey as NodeJsonWebKey,
  type KeyObject,
  X509Certificate,
} from "node:crypto";

/** The longest file with keys, in bytes. */
export const MAX_KEY_FILE_BYTES: number = 256 * 1024;

const EXPECTED = "expected a key in PEM, a JSON Web Key (set), or a secret as base64url";

/** What a file with keys holds. */
export type KeyFileContent =
  | { readonly key: KeyObject }
  /** A JSON Web Key Set (RFC 7517), of public keys. */
  | { readonly keySet: { readonly keys: readonly object[] } };

/**
 * Reads PEM (a public key, a certificate, or a private key, which has the public one), a JSON Web Key or a set of them, or
 * else a secret as base64url, as websockify's JWTTokenApi reads it.
 *
 * @throws Error saying what was expected; it quotes nothing of the key.
 */
export function parseKeyFile(text: string): KeyFileContent {
  try {
    if (text.includes("-----BEGIN ")) return { key: parsePem(text) };
    if (text.trimStart().startsWith("{")) return parseJsonKey(JSON.parse(text) as Readonly<Record<string, unknown>>);
    return { key: parseSecret(text.trim()) };
  } catch {
    throw new Error(EXPECTED);
  }
}

function parsePem(pem: string): KeyObject {
  if (/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(pem)) return createPrivateKey(pem);
  return pem.includes("-----BEGIN CERTIFICATE-----") ? new X509Certificate(pem).publicKey : createPublicKey(pem);
}

function parseJsonKey(json: Readonly<Record<string, unknown>>): KeyFileContent {
  if (Array.isArray(json["keys"])) return { keySet: { keys: json["keys"] as object[] } };
  if (json["kty"] === "oct") return { key: parseSecret(String(json["k"])) };
  const jwk = { key: json as NodeJsonWebKey, format: "jwk" } as const;
  return { key: "d" in json ? createPrivateKey(jwk) : createPublicKey(jwk) };
}

function parseSecret(text: string): KeyObject {
  // With padding, or in the alphabet of plain base64, it is no other secret.
  if (!/^[\w\-+/]+={0,2}$/.test(text)) throw new Error(EXPECTED);
  return createSecretKey(Buffer.from(text, "base64url"));
}
