import { compactDecrypt, errors, type JWTPayload, jwtVerify, type JWTVerifyGetKey } from "jose";
import { EndError } from "../../end-reason.ts";
import { readConnectInfo } from "../connect-info.ts";
import type { WatchedFile } from "../files/watched-file.ts";
import { type ConsoleType, type Grant, LAST_DATE } from "../grant.ts";
import type { TokenSource } from "../source.ts";
import { signedTokenId } from "../token-id.ts";
import { type DecryptionKey, type Keys, remoteKeys, watchDecryptionKey, watchKeyFile } from "./keys.ts";
import { PUBLIC_KEY_ALGORITHMS } from "./key-algorithms.ts";

/** The longest text of an encrypted token, in bytes, once decrypted. */
const MAX_DECRYPTED_BYTES = 64 * 1024;

/** Options of {@link JwtTokenSource}; one of `key_file` and `jwks_url` is set. */
export interface JwtSourceOptions {
  /** File with the key or keys that signatures are verified with, and encrypted tokens decrypted. */
  readonly key_file: string | null;
  /** Where a JSON Web Key Set is. */
  readonly jwks_url: string | null;
  /** File with the key that encrypted tokens are decrypted with, unless that is the one of `key_file`. */
  readonly decryption_key_file: string | null;
  /** The `iss` that a token must have; null for any. */
  readonly issuer: string | null;
  /** One of these must be in a token's `aud`; null for any. */
  readonly audience: readonly string[] | null;
  /** The claim that names the user. */
  readonly user_claim: string;
  /** The type of consoles where a token names none. */
  readonly console_type: ConsoleType;
  /** How long a key set may take to be fetched, in seconds. */
  readonly timeout: number;
}

/** What jose says of a token that is none of this issuer's; anything else means that it could not be told. */
const NOT_OURS: readonly string[] = [
  errors.JOSEAlgNotAllowed.code,
  errors.JOSENotSupported.code,
  errors.JWEDecryptionFailed.code,
  errors.JWEInvalid.code,
  errors.JWKSNoMatchingKey.code,
  errors.JWSInvalid.code,
  errors.JWSSignatureVerificationFailed.code,
  errors.JWTInvalid.code,
];

/**
 * Reads tokens that carry their grant: JSON Web Tokens that are signed (JWS), or signed and then encrypted (JWE), with
 * websockify's claims `host` and `port`, and more. Nothing is asked for a token but the key.
 */
export class JwtTokenSource implements TokenSource {
  readonly #options: JwtSourceOptions;
  readonly #keyFile: WatchedFile<Keys> | undefined;
  readonly #decryptionFile: WatchedFile<DecryptionKey> | undefined;
  readonly #remote: ReturnType<typeof remoteKeys> | undefined;

  private constructor(options: JwtSourceOptions) {
    const { key_file: file, jwks_url: url, decryption_key_file: decryption, timeout } = options;
    this.#options = options;
    this.#keyFile = file === null ? undefined : watchKeyFile(file);
    this.#remote = url === null ? undefined : remoteKeys(url, Math.ceil(timeout * 1000));
    this.#decryptionFile = decryption === null ? undefined : watchDecryptionKey(decryption);
  }

  /**
   * Reads the key files, and fetches no key set yet.
   *
   * @throws Error naming a file that cannot be read, or has no key that can be used.
   */
  static async open(options: JwtSourceOptions): Promise<JwtTokenSource> {
    const source = new JwtTokenSource(options);
    await source.#keys();
    return source;
  }

  async resolve(token: string): Promise<Grant | undefined> {
    const parts = token.split(".").length;
    if (parts !== 3 && parts !== 5) return undefined;
    const keys = await this.#keys();
    try {
      // Encryption with a public key says nothing about who did it: what is inside has to be signed in any case.
      const signed = parts === 5 ? await decrypt(token, keys.decryption) : token;
      if (signed === undefined) return undefined;
      const claims = await this.#verify(signed, keys);
      return claims && this.#toGrant(signed, claims);
    } catch (error) {
      if (error instanceof errors.JOSEError && NOT_OURS.includes(error.code)) return undefined;
      throw error;
    }
  }

  async health(): Promise<void> {
    await this.#keys();
    if (this.#remote?.fresh === false) await this.#remote.reload();
  }

  async #keys(): Promise<Keys> {
    const keys = await this.#keyFile?.current();
    const decryption = (await this.#decryptionFile?.current()) ?? keys?.decryption;
    const remote = this.#remote && { algorithms: PUBLIC_KEY_ALGORITHMS, key: this.#remote as JWTVerifyGetKey };
    const verification = keys?.verification ?? remote;
    if (verification === undefined) throw new Error("expected key_file or jwks_url");
    return { verification, decryption };
  }

  /** The claims of a token that this issuer has signed; undefined for one of another issuer, or for another audience. */
  async #verify(token: string, { verification }: Keys): Promise<JWTPayload | undefined> {
    const { issuer, audience } = this.#options;
    const options = {
      algorithms: [...verification.algorithms],
      ...(issuer !== null && { issuer }),
      ...(audience !== null && { audience: [...audience] }),
    };
    try {
      return await verifyWithAny(token, verification.key, options);
    } catch (error) {
      if (error instanceof errors.JWTExpired) return error.payload;
      if (!(error instanceof errors.JWTClaimValidationFailed)) throw error;
      // The gateway compares the times itself, and then has words for each.
      if (error.claim === "nbf" && error.reason === "check_failed") return error.payload;
      if (error.claim === "iss" || error.claim === "aud") return undefined;
      throw new EndError("token_invalid", "the token is malformed", { cause: error.message });
    }
  }

  #toGrant(signed: string, claims: JWTPayload): Grant {
    const { user_claim: userClaim, console_type: consoleType } = this.#options;
    // The times are those of JWT alone.
    const { expires_at: _, not_before: __, ...rest } = claims;
    const options = { tokenId: signedTokenId(signed), issuer: "the token", consoleType, isLoose: true };
    try {
      const grant = readConnectInfo({ ...rest, user: claims[userClaim] }, options);
      const notBefore = milliseconds("nbf", claims.nbf);
      const expiresAt = milliseconds("exp", claims.exp);
      return { ...grant, expiresAt, ...(notBefore !== undefined && { notBefore }) };
    } catch (error) {
      throw new EndError("token_invalid", "the token names no console", { cause: (error as Error).message });
    }
  }
}

/** Verifies a token with each of the keys that its header may mean. */
async function verifyWithAny(
  token: string,
  key: Keys["verification"]["key"],
  options: Parameters<typeof jwtVerify>[2],
): Promise<JWTPayload> {
  try {
    const { payload } =
      typeof key === "function" ? await jwtVerify(token, key, options) : await jwtVerify(token, key, options);
    return payload;
  } catch (error) {
    if (!(error instanceof errors.JWKSMultipleMatchingKeys)) throw error;
    for await (const candidate of error) {
      try {
        return (await jwtVerify(token, candidate, options)).payload;
      } catch (failure) {
        if (!(failure instanceof errors.JWSSignatureVerificationFailed)) throw failure;
      }
    }
    throw new errors.JWSSignatureVerificationFailed();
  }
}

/** The signed token in an encrypted one; undefined where there is no key to decrypt it with. */
async function decrypt(token: string, decryption: DecryptionKey | undefined): Promise<string | undefined> {
  if (decryption === undefined) return undefined;
  const options = { keyManagementAlgorithms: [...decryption.algorithms], maxDecompressedLength: MAX_DECRYPTED_BYTES };
  const { plaintext } = await compactDecrypt(token, decryption.key, options);
  const text = new TextDecoder().decode(plaintext);
  return text.split(".").length === 3 ? text : undefined;
}

/** Milliseconds since the epoch of a NumericDate (RFC 7519, section 2), which may have a fraction. */
function milliseconds(claim: string, seconds: unknown): number | undefined {
  if (seconds === undefined) return undefined;
  if (typeof seconds !== "number" || !(Math.abs(seconds * 1000) <= LAST_DATE)) {
    throw new Error(`${claim}: expected the seconds since 1970 of a date`);
  }
  return seconds * 1000;
}
