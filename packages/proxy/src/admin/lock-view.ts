import type { Lock } from "../tokens/lock.ts";

/** A lock as the admin API shows it. */
export interface LockView {
  readonly id: string;
  /** `user`, `instance`, `address` or `token`. */
  readonly subject: string;
  readonly value: string;
  /** What the users are shown. */
  readonly message: string | null;
  readonly created_at: string;
  /** When the access of a locked token ends, after which the lock is lifted by itself; null where that is not known. */
  readonly expires_at: string | null;
}

/** A lock, with what it did. */
export interface LockResult extends LockView {
  /** How many sessions were ended. */
  readonly ended: number;
}

export function lockView({ message = "", createdAt, expiresAt, ...lock }: Lock): LockView {
  const iso = (milliseconds: number): string => new Date(milliseconds).toISOString();
  const expires_at = expiresAt === undefined ? null : iso(expiresAt);
  return { ...lock, message: message || null, created_at: iso(createdAt), expires_at };
}
