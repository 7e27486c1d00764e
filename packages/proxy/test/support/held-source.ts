import { EventEmitter, once } from "node:events";
import type { TokenSource } from "../../src/tokens/source.ts";
import type { SqliteTokenStore } from "../../src/tokens/sqlite/token-store.ts";

/** A token source that answers its first lookups at once, and the others when it is released. */
export interface HeldSource {
  readonly source: (store: SqliteTokenStore) => TokenSource;
  /** Fulfils when this many lookups are held. */
  readonly waiting: (count: number) => Promise<void>;
  readonly release: () => void;
}

/** Held lookups read the store after their release. */
export function heldSource(answeredAtOnce: number): HeldSource {
  return hold(answeredAtOnce, async (lookUp, released) => {
    await released;
    return await lookUp();
  });
}

/** Held lookups read the store before: their answers may be out of date when they arrive. */
export function slowSource(answeredAtOnce: number): HeldSource {
  return hold(answeredAtOnce, async (lookUp, released) => {
    const grant = await lookUp();
    await released;
    return grant;
  });
}

type Lookup = () => ReturnType<TokenSource["resolve"]>;

function hold(
  answeredAtOnce: number,
  answer: (lookUp: Lookup, released: Promise<void>) => ReturnType<Lookup>,
): HeldSource {
  const { promise: released, resolve: release } = Promise.withResolvers<void>();
  let lookups = 0;
  const held = new EventEmitter();
  const source = (store: SqliteTokenStore): TokenSource => {
    const lookUp = store.resolve.bind(store);
    // The store itself, so that the admin API can issue and revoke.
    return Object.assign(store, {
      resolve: async (token: string) => {
        lookups += 1;
        if (lookups <= answeredAtOnce) return await lookUp(token);
        const grant = answer(async () => await lookUp(token), released);
        held.emit("lookup");
        return await grant;
      },
    });
  };
  const waiting = async (count: number): Promise<void> => {
    const isHeld = (): boolean => lookups >= answeredAtOnce + count;
    while (!isHeld()) await once(held, "lookup");
  };
  return { source, waiting, release };
}
