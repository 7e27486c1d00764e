/** The two ends of a promise that settles later. */
export interface Deferred<T = void> {
  readonly resolve: (value: T) => void;
  readonly reject: (error: Error) => void;
}

/**
 * Settles all of `deferred` the same way.
 *
 * @param error - rejects with it; resolves without one
 */
export function settleAll(deferred: readonly Deferred[], error?: Error): void {
  for (const { resolve, reject } of deferred) {
    if (error) reject(error);
    else resolve();
  }
}
