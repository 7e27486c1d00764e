import { isInSubnet, parseSubnet } from "../net/subnet.ts";
import { sha256 } from "../sha256.ts";

/** What can be locked. */
export type LockSubject = "user" | "instance" | "address" | "token";

/** All of them. */
export const LOCK_SUBJECTS: readonly LockSubject[] = ["user", "instance", "address", "token"];

/** What the clients are told that a lock keeps out, besides the operator's sentence. */
export const LOCKED = "access is locked";

/** What the clients are told whose token is locked. */
export const REVOKED = "the token was revoked";

/**
 * Keeps a user, a machine, an address or a token out until it is lifted: no session of theirs opens, goes on or is
 * renewed. That of a token is how a token of another system is revoked, which that system would still confirm.
 */
export interface Lock {
  /** The same for each lock of one subject. */
  readonly id: string;
  readonly subject: LockSubject;
  /** The user, the machine, an IP address or network, or the id of a token as in its grant. */
  readonly value: string;
  /** A sentence of the operator for the users who are kept out. */
  readonly message: string | undefined;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  /** When what is locked ends by itself, in milliseconds since the epoch. @defaultValue never, or not known */
  readonly expiresAt?: number | undefined;
}

/** What ended when a lock was put in force. */
export interface LockEffect {
  /** How many sessions. */
  readonly ended: number;
  /** When the access of a locked token ends, in milliseconds since the epoch, as far as its sessions tell. */
  readonly expiresAt: number | undefined;
}

/** Keeps locks, so that they outlive the gateway. */
export interface LockStore {
  /** Those that it has, at once. */
  locks(): readonly Lock[];
  /** Writes a lock, in place of one with the same id. */
  putLock(lock: Lock): Promise<void>;
  /** Removes a lock, if it is there. */
  removeLock(id: string): Promise<void>;
  /**
   * Calls `listener` when another gateway has changed something in the store, which may be its locks, within a second; with
   * the ids of those that may have changed, if only some have.
   */
  onLocksChanged(listener: (ids?: readonly string[]) => void): void;
}

/** The id of the lock of a subject. */
export function lockId(subject: LockSubject, value: string): string {
  return sha256(`${subject} ${value}`).toString("base64url").slice(0, 22);
}

/**
 * Finds out whether an IP address is in a network.
 *
 * @param network - an IP address, or one with the length of a prefix (`10.0.0.0/8`).
 * @throws TypeError naming the value and what was expected.
 */
export function parseNetwork(network: string): (address: string) => boolean {
  const subnet = parseSubnet(network);
  if (subnet === undefined) {
    throw new TypeError(`expected an IP address or a network such as 10.0.0.0/8, but got ${JSON.stringify(network)}`);
  }
  return isInSubnet(subnet);
}
