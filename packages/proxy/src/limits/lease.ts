/** A slot that a session holds. */
export interface Lease {
  /** Unique among all leases of a gateway. */
  readonly id: string;
  /** Frees the slot. Only the first call has an effect. */
  readonly release: () => void;
}

/** @param free - frees the slot; called at most once. */
export function createLease(id: string, free: () => void): Lease {
  let held = true;
  return {
    id,
    release() {
      if (!held) return;
      held = false;
      free();
    },
  };
}
