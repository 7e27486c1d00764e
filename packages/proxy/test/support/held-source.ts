import type { SqliteTokenStore } from "../../src/tokens/sqlite.ts";
import type { TokenSource } from "../../src/tokens/source.ts";

/** A token source that answers its first lookups at once, and the others when it is released. */
export function heldSource(answeredAtOnce: number): {
  readonly source: (store: SqliteTokenStore) => TokenSource;
  readonly release: () => void;
} {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let lookups = 0;
  const source = (store: SqliteTokenStore): TokenSource => ({
    resolve: async (token) => {
      lookups += 1;
      if (lookups > answeredAtOnce) await released;
      return await store.resolve(token);
    },
    close: async () => {},
  });
  return { source, release };
}
