import { timingSafeEqual } from "node:crypto";
import { sha256 } from "../sha256.ts";

/** What a key may do: look, issue tokens, end sessions and revoke tokens, or everything. */
export type Right = "read" | "issue" | "end" | "admin";

/** All of them; `admin` includes the others. */
export const RIGHTS: readonly Right[] = ["read", "issue", "end", "admin"];

/** What the name of a key may be. */
export const KEY_NAME: RegExp = /^[\w.@-]{1,64}$/;

/** A key of the admin API as configured: only its digest is known. */
export interface HashedKey {
  /** What the log and the audit trail call its holder. Two keys may have the same, while one replaces the other. */
  readonly name: string;
  /** The SHA-256 of the key, in hexadecimal digits. */
  readonly sha256: string;
  readonly rights: readonly Right[];
}

/** The keys as configured. */
export interface AdminKeyOptions {
  /** The key with every right, named `admin`; null for none. */
  readonly key: string | null;
  readonly keys: readonly HashedKey[];
}

/** Who a key belongs to. */
export interface KeyHolder {
  readonly name: string;
  readonly rights: readonly Right[];
}

interface KnownKey extends KeyHolder {
  readonly digest: Buffer;
}

/** The name of the holder of `admin.key`. */
const ADMIN = "admin";

/** The holder of every right that reaches the API through its Unix socket. */
export const SOCKET_HOLDER: KeyHolder = { name: "socket", rights: [ADMIN] };

/** The keys of the admin API. They can be replaced while it runs. */
export class AdminKeys {
  #known: readonly KnownKey[];

  constructor(options: AdminKeyOptions) {
    this.#known = knownKeys(options);
  }

  /** From now on, these keys are right, and no others. */
  replace(options: AdminKeyOptions): void {
    this.#known = knownKeys(options);
  }

  /**
   * The holder of a key; undefined for a wrong one. Compares digests, and all of them, so that the time it takes reveals
   * neither the length nor the content of a key.
   */
  find(given: string): KeyHolder | undefined {
    const digest = sha256(given);
    return this.#known.filter((known) => timingSafeEqual(digest, known.digest)).at(0);
  }
}

/** Whether the holder may do what needs a right. */
export function hasRight({ rights }: KeyHolder, right: Right): boolean {
  return rights.includes(right) || rights.includes(ADMIN);
}

function knownKeys({ key, keys }: AdminKeyOptions): readonly KnownKey[] {
  const hashed = keys.map(({ sha256: digest, ...holder }) => ({ ...holder, digest: Buffer.from(digest, "hex") }));
  return key === null ? hashed : [{ name: ADMIN, rights: [ADMIN], digest: sha256(key) }, ...hashed];
}
