import { HOLD_MS } from "../cluster/peers/start-hold.ts";
import type { LookupStore, StoreInPrimary } from "../tokens/open.ts";
import type { ImmediateLookups } from "../tokens/source.ts";
import { ANSWER_MS, type Handlers } from "./ipc-channel.ts";
import type { PrimaryAnswers, PrimaryChannel, PrimaryRequest } from "./messages.ts";

type StoreRequest = Extract<
  PrimaryRequest,
  { type: "resolve" | "first_use" | "use_once" | "was_used" | "store_health" }
>;

/** In a worker: looks up the tokens of a store that is in the primary's memory. */
export function remoteStore(primary: PrimaryChannel): StoreInPrimary {
  return {
    resolve: async (token, { clientAddress, origin }) =>
      (await primary.ask({ type: "resolve", token, clientAddress, origin })) ?? undefined,
    firstUse: async (digest, now) =>
      await primary.ask({ type: "first_use", digest: Buffer.from(digest).toString("base64url"), now }),
    useOnce: async (tokenId, expiresAt, issuer) => await primary.ask({ type: "use_once", tokenId, expiresAt, issuer }),
    wasUsed: async (tokenId, issuer) => await primary.ask({ type: "was_used", tokenId, issuer }),
    // Of a store that the primary itself has to ask.
    health: async () => void (await primary.ask({ type: "store_health" })),
  };
}

/**
 * In a worker of a gateway that has peers: its own tokens are looked up as ever, and all others by the primary, which asks
 * the peers. At first, all are looked up by the primary, which may not have heard the peers yet.
 */
export function withPeers(own: LookupStore & Partial<ImmediateLookups>, inPrimary: StoreInPrimary): PeerStoreOfWorker {
  const heldUntil = performance.now() + HOLD_MS;
  const asksPrimary = (): boolean => own === inPrimary || performance.now() < heldUntil;
  return {
    othersMayKnow: true,
    resolve: async (token, context) =>
      (asksPrimary() ? undefined : await own.resolve(token, context)) ?? (await inPrimary.resolve(token, context)),
    ...(own.resolveNow !== undefined && {
      resolveNow: (digest) => (asksPrimary() ? undefined : own.resolveNow?.(digest)),
    }),
    firstUse: async (digest, now) => await (own.firstUse?.(digest, now) ?? inPrimary.firstUse(digest, now)),
    useOnce: async (tokenId, expiresAt, issuer) => await inPrimary.useOnce(tokenId, expiresAt, issuer),
    wasUsed: async (tokenId, issuer) => (await own.wasUsed?.(tokenId, issuer)) ?? false,
    onRevoked: (listener) => own.onRevoked?.(listener),
    health: async (signal) => await own.health?.(signal),
    close: async () => await own.close?.(),
  };
}

/** What {@link withPeers} makes. */
export type PeerStoreOfWorker = LookupStore & Partial<ImmediateLookups>;

/** In the primary: how the requests of {@link remoteStore} are answered. */
export function answersOf(store: LookupStore): Handlers<StoreRequest, PrimaryAnswers> {
  return {
    resolve: async ({ token, clientAddress, origin }) => {
      const context = { clientAddress, origin, signal: AbortSignal.timeout(ANSWER_MS) };
      return (await store.resolve(token, context)) ?? null;
    },
    first_use: async ({ digest, now }) => {
      if (store.firstUse === undefined) throw new Error("the token store keeps no first uses");
      return await store.firstUse(Buffer.from(digest, "base64url"), now);
    },
    use_once: async ({ tokenId, expiresAt, issuer }) => {
      if (store.useOnce === undefined) throw new Error("the token store keeps no uses of tokens");
      return await store.useOnce(tokenId, expiresAt, issuer);
    },
    was_used: async ({ tokenId, issuer }) => (await store.wasUsed?.(tokenId, issuer)) ?? false,
    store_health: async () => {
      await store.health?.(AbortSignal.timeout(ANSWER_MS));
      return null;
    },
  };
}
