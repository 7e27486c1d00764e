import { EndError } from "../end-reason.ts";
import type { Grant } from "../tokens/grant.ts";
import { type Lock, LOCKED, parseNetwork } from "../tokens/lock.ts";

/** Whom a lock is compared with. */
export interface LockCandidate {
  readonly clientAddress: string;
  /** Undefined until the token was looked up. */
  readonly grant: Pick<Grant, "user" | "instance"> | undefined;
}

/** The locks that are in force in this process. */
export class Locks {
  /** By id, each with what it applies to. */
  readonly #locks = new Map<string, { readonly lock: Lock; readonly applies: (to: LockCandidate) => boolean }>();

  /** Locks that are in force. */
  get size(): number {
    return this.#locks.size;
  }

  /**
   * Puts a lock in force, in place of one with the same id.
   *
   * @returns whom it applies to.
   */
  set(lock: Lock): (to: LockCandidate) => boolean {
    const applies = whomLocks(lock);
    this.#locks.set(lock.id, { lock, applies });
    return applies;
  }

  delete(id: string): void {
    this.#locks.delete(id);
  }

  /** @throws EndError `forbidden`, with the operator's sentence, for a session that is kept out. */
  refuse(candidate: LockCandidate): void {
    if (this.#locks.size === 0) return;
    for (const { lock, applies } of this.#locks.values()) {
      if (!applies(candidate)) continue;
      const { subject, message: operatorMessage } = lock;
      throw new EndError("forbidden", LOCKED, { cause: `the ${subject} is locked`, operatorMessage });
    }
  }
}

function whomLocks({ subject, value }: Lock): (to: LockCandidate) => boolean {
  switch (subject) {
    case "user":
      return ({ grant }) => grant?.user === value;
    case "instance":
      return ({ grant }) => grant?.instance === value;
    case "address": {
      const isIn = parseNetwork(value);
      return ({ clientAddress }) => isIn(clientAddress);
    }
  }
}
