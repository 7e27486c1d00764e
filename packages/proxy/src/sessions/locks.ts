import { EndError } from "../end-reason.ts";
import type { Grant } from "../tokens/grant.ts";
import { type Lock, LOCKED, parseNetwork, REVOKED } from "../tokens/lock.ts";

/** Whom a lock is compared with. */
export interface LockCandidate {
  readonly clientAddress: string;
  /** Undefined until the token was looked up. */
  readonly grant: Pick<Grant, "user" | "instance" | "tokenId"> | undefined;
}

/** The locks that are in force in this process. */
export class Locks {
  /** Those of tokens, by token id. */
  readonly #tokens = new Map<string, Lock>();
  /** The others by id, each with what it applies to. */
  readonly #locks = new Map<string, { readonly lock: Lock; readonly applies: (to: LockCandidate) => boolean }>();

  /** Locks that are in force. */
  get size(): number {
    return this.#locks.size + this.#tokens.size;
  }

  /**
   * Puts a lock in force, in place of one with the same id.
   *
   * @returns whom it applies to.
   */
  set(lock: Lock): (to: LockCandidate) => boolean {
    const applies = whomLocks(lock);
    if (lock.subject === "token") this.#tokens.set(lock.value, lock);
    else this.#locks.set(lock.id, { lock, applies });
    return applies;
  }

  delete(id: string): void {
    this.#locks.delete(id);
    for (const [tokenId, lock] of this.#tokens) if (lock.id === id) this.#tokens.delete(tokenId);
  }

  /**
   * @throws EndError with the operator's sentence, for a session that is kept out: `token_invalid` because of its token,
   *   `forbidden` because of anything else.
   */
  refuse(candidate: LockCandidate): void {
    if (this.size === 0) return;
    const ofToken = this.#tokens.get(candidate.grant?.tokenId ?? "");
    if (ofToken !== undefined) {
      throw new EndError("token_invalid", REVOKED, { cause: "the token is locked", operatorMessage: ofToken.message });
    }
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
    case "token":
      return ({ grant }) => grant?.tokenId === value;
    case "address": {
      const isIn = parseNetwork(value);
      return ({ clientAddress }) => isIn(clientAddress);
    }
  }
}
