import { createPublicKey, type KeyObject } from "node:crypto";
import { createLocalJWKSet, createRemoteJWKSet, customFetch, type JWTVerifyGetKey } from "jose";
import { readBounded } from "../bounded-body.ts";
import { WatchedFile } from "../files/watched-file.ts";
import { encryptionAlgorithms, PUBLIC_KEY_ALGORITHMS, signatureAlgorithms } from "./key-algorithms.ts";
import { MAX_KEY_FILE_BYTES, parseKeyFile } from "./key-file.ts";

/** How long keys from a URL are used without asking again, in milliseconds. */
const MAX_AGE_MS = 10 * 60 * 1000;

/** After an answer, how long a key that is not in it does not have it asked for again, in milliseconds. */
const COOL_DOWN_MS = 5000;

/** A longer key set is refused. */
const MAX_KEY_SET_BYTES = 256 * 1024;

/** What signatures are verified with. */
export interface VerificationKeys {
  /** What a token may be signed with. */
  readonly algorithms: readonly string[];
  /** One key, or the way to find it by the token's header. */
  readonly key: KeyObject | JWTVerifyGetKey;
}

/** What tokens are decrypted with. */
export interface DecryptionKey {
  readonly algorithms: readonly string[];
  readonly key: KeyObject;
}

/** The keys of a source, as they are now. */
export interface Keys {
  readonly verification: VerificationKeys;
  /** Undefined where there is none: encrypted tokens are then unknown. */
  readonly decryption: DecryptionKey | undefined;
}

/**
 * The keys of a file, which is read again when it has changed.
 *
 * @returns a file whose content cannot be used throws an Error that names it.
 */
export function watchKeyFile(path: string): WatchedFile<Keys> {
  return watch(path, (text) => {
    const content = parseKeyFile(text);
    if ("keySet" in content) {
      const key = createLocalJWKSet({ keys: [...content.keySet.keys] as never[] });
      return { verification: { algorithms: PUBLIC_KEY_ALGORITHMS, key }, decryption: undefined };
    }
    const { key } = content;
    const forSignatures = key.type === "private" ? createPublicKey(key) : key;
    const verification = { algorithms: signatureAlgorithms(forSignatures), key: forSignatures };
    return { verification, decryption: decryptionKey(key) };
  });
}

/** The key of a file that is only for decrypting. */
export function watchDecryptionKey(path: string): WatchedFile<DecryptionKey> {
  return watch(path, (text) => {
    const content = parseKeyFile(text);
    const found = "key" in content ? decryptionKey(content.key) : undefined;
    if (found === undefined) throw new Error("expected a secret, or a private RSA, EC or X25519 key");
    return found;
  });
}

function decryptionKey(key: KeyObject): DecryptionKey | undefined {
  const algorithms = encryptionAlgorithms(key);
  return algorithms.length === 0 ? undefined : { algorithms, key };
}

function watch<T>(path: string, parse: (text: string) => T): WatchedFile<T> {
  return new WatchedFile({
    path,
    maxBytes: MAX_KEY_FILE_BYTES,
    parse: (text) => {
      try {
        return parse(text);
      } catch (error) {
        throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
      }
    },
  });
}

/** Keys from a URL (RFC 7517): kept for a while, and asked for again when a token names a key that is not among them. */
export function remoteKeys(url: string, timeoutMs: number): ReturnType<typeof createRemoteJWKSet> {
  return createRemoteJWKSet(new URL(url), {
    timeoutDuration: timeoutMs,
    cooldownDuration: COOL_DOWN_MS,
    cacheMaxAge: MAX_AGE_MS,
    [customFetch]: async (address, request) => {
      const response = await fetch(address, { ...request, redirect: "error" });
      return new Response(await readBounded(response, MAX_KEY_SET_BYTES, `the key set at ${url}`), response);
    },
  });
}
