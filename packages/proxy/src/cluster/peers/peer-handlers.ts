import { answerControl, type ControlRequest } from "../../control/control-request.ts";
import type { SessionControl } from "../../control/session-control.ts";
import { TOKEN_REVOKED } from "../../control/token-revoker.ts";
import type { SqliteTokenStore } from "../../tokens/sqlite/token-store.ts";
import type { TokenRecord } from "../../tokens/store.ts";
import type { PeerLocks } from "./peer-locks.ts";
import type { PeerRevocations } from "./peer-revocations.ts";
import {
  encodeToken,
  MAX_PAGE_LOCKS,
  type PeerAnswers,
  type PeerRequest,
  type PeerRequestOf,
  type PeerRequestType,
  type PeerState,
  type SentRecord,
} from "./peer-schemas.ts";
import type { PeerTokenStore } from "./peer-tokens.ts";
import type { StartHold } from "./start-hold.ts";

/** What {@link answerPeer} answers with: all of it is this gateway's own, so that no request is passed on. */
export interface PeerHandlerOptions {
  /** Controls the sessions of this gateway. */
  readonly control: SessionControl;
  /** The tokens of this gateway. */
  readonly own: SqliteTokenStore;
  readonly store: PeerTokenStore;
  readonly locks: PeerLocks;
  readonly revocations: Pick<PeerRevocations, "tokenIds">;
  readonly self: Pick<PeerState, "id" | "name">;
  readonly hold: Pick<StartHold, "check">;
}

/** A token as JSON. */
type SentToken = { readonly record: SentRecord; readonly now: number } | null;

/** What is answered, as JSON. */
type SentAnswers = Omit<PeerAnswers, "token" | "revoke"> & { readonly token: SentToken; readonly revoke: SentToken };

type Handlers = {
  readonly [Type in PeerRequestType]: (
    request: PeerRequestOf<Type>,
    options: PeerHandlerOptions,
  ) => Promise<SentAnswers[Type]>;
};

const HANDLERS: Handlers = {
  list: async (request, { control }) => await answerControl<"list">(control, request),
  get: async (request, { control }) => await answerControl<"get">(control, request),
  end: async (request, { control }) => await answerControl<"end">(control, request),
  extend: async (request, { control }) => await answerControl<"extend">(control, request),
  lock: async (request, { control, locks }) => {
    const known = locks.find(request.lock.id);
    const isLate = known !== undefined && known.version > request.lock.createdAt;
    // The request may have waited in a connection until after it. In force here, nothing would lift it any more.
    if (isLate && known.lock === undefined) throw new Error("the lock was lifted later");
    const lock = (isLate ? known.lock : undefined) ?? request.lock;
    // It is in force before it is written, and not answered before.
    const effect = await answerControl<"lock">(control, { type: "lock", lock });
    await locks.learn([{ id: lock.id, version: lock.createdAt, lock }]);
    return effect;
  },
  lift: async ({ id, version }, { control, locks }) => {
    await locks.learn([{ id, version, lock: undefined }]);
    // It may have been locked again meanwhile.
    if (locks.find(id)?.lock !== undefined) return { answer: null, unavailable: [], replaced: [] };
    return await answerControl<"unlock">(control, { type: "unlock", id });
  },
  sync: async (_request, { self, store, locks, revocations }) => {
    const { id, name } = self;
    const { revision } = store;
    return { id, name, now: Date.now(), revision, locks: locks.digest, unwritten: revocations.tokenIds };
  },
  locks: async ({ after }, { locks }) => locks.page(after, MAX_PAGE_LOCKS),
  token: async ({ digest, id }, { own, store, hold }) => {
    const record =
      digest === undefined ? await own.get(id ?? "") : await own.byDigest(Buffer.from(digest, "base64url"));
    // Asked for by its digest, it is to open a session.
    if (record !== undefined && digest !== undefined) hold.check(record);
    const holds = record === undefined || (await store.holding(record.tokenId)) !== undefined;
    return sent(holds ? record : { ...record, revokedAt: record.revokedAt ?? Date.now() });
  },
  revoke: async ({ id }, options) => sent(await revokeHere(id, options)),
  holding: async ({ ids }, { store }) => {
    const found = await Promise.all(ids.map(async (id) => await store.holding(id)));
    return ids.filter((_, index) => found[index] !== undefined);
  },
  use_once: async ({ id, expiresAt }, { own, store }) =>
    (await store.holding(id)) === undefined ? null : await own.useOnce(id, expiresAt),
  was_used: async ({ id }, { own, store }) => ((await store.holding(id)) === undefined ? null : await own.wasUsed(id)),
};

/** Answers a peer. */
export async function answerPeer(request: PeerRequest, options: PeerHandlerOptions): Promise<unknown> {
  const handle = HANDLERS[request.type] as (
    request: PeerRequest | ControlRequest,
    options: PeerHandlerOptions,
  ) => Promise<unknown>;
  return await handle(request, options);
}

/** Revokes a token of this gateway, and ends its sessions here; undefined for a token that it has not issued. */
export async function revokeHere(
  tokenId: string,
  { own, control }: Pick<PeerHandlerOptions, "own" | "control">,
): Promise<TokenRecord | undefined> {
  if ((await own.get(tokenId)) === undefined) return undefined;
  const [{ unavailable }, record] = await Promise.all([
    control.end({ by: "token", tokenId }, TOKEN_REVOKED),
    own.revoke(tokenId),
  ]);
  const [silent] = unavailable;
  if (silent !== undefined) throw new Error(`${silent.member}: ${silent.reason}`);
  return record;
}

function sent(record: TokenRecord | undefined): SentToken {
  return record === undefined ? null : { record: encodeToken(record), now: Date.now() };
}
