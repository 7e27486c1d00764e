import * as v from "valibot";
import type { ControlAnswer, ControlRequest, ControlType } from "../../control/control-request.ts";
import { LAST_DATE } from "../../tokens/grant.ts";
import { type Lock, LOCK_SUBJECTS, lockId, parseNetwork } from "../../tokens/lock.ts";
import { fromRecordJson, instant, type RecordJson, recordJson, toRecordJson } from "../../tokens/record-json.ts";
import type { TokenRecord } from "../../tokens/store.ts";
import { describeIssue, schemas as gatewaySchemas } from "../message-schemas.ts";
import type { LockVersion } from "./peer-locks.ts";

/** What a message begins with; another number when gateways of before cannot answer any more. */
export const PEER_VERSION = 1;

/** The most tokens that one message may name. */
export const MAX_TOKENS = 500;

/** The most locks of one message. */
export const MAX_PAGE_LOCKS = 100;

/** The most revocations that a gateway says it could not write at the others. */
export const MAX_UNWRITTEN = 1000;

/** A request about sessions. Locks are lifted with the version of that. */
export type PeerControlRequest =
  | Exclude<ControlRequest, { readonly type: "unlock" }>
  | { readonly type: "lift"; readonly id: string; readonly version: number };

/** What a gateway asks of a peer, which passes none of it on. */
export type PeerRequest =
  | PeerControlRequest
  /** What the peer is, and what has changed there. */
  | { readonly type: "sync" }
  /** Its locks, by id, from behind this one. */
  | { readonly type: "locks"; readonly after: string }
  /** A token that it has issued, by the SHA-256 of the token in base64url, or by its id. */
  | { readonly type: "token"; readonly digest?: string | undefined; readonly id?: string | undefined }
  /** Revokes a token that it has issued. */
  | { readonly type: "revoke"; readonly id: string }
  /** Which of these tokens it has issued and not revoked. */
  | { readonly type: "holding"; readonly ids: readonly string[] }
  /** Marks a token as used that it has issued. */
  | { readonly type: "use_once"; readonly id: string; readonly expiresAt: number }
  | { readonly type: "was_used"; readonly id: string };

export type PeerRequestType = PeerRequest["type"];

/** The request of one type. */
export type PeerRequestOf<Type extends PeerRequestType> = Extract<PeerRequest, { readonly type: Type }>;

/** What a gateway says of itself. */
export interface PeerState {
  /** Another one for each start of its process. */
  readonly id: string;
  readonly name: string;
  /** Its clock, in milliseconds since the epoch. */
  readonly now: number;
  /** Another one after each revocation. */
  readonly revision: string;
  /** Another one after each change of its locks. */
  readonly locks: string;
  /** Tokens whose revocation it has to make known to a peer that issued them. */
  readonly unwritten: readonly string[];
}

/** A token and the clock of its issuer, in milliseconds since the epoch. */
export interface PeerToken {
  readonly record: TokenRecord;
  readonly now: number;
}

/** What a peer answers. */
export type PeerAnswers = { readonly [Type in Exclude<ControlType, "unlock">]: ControlAnswer<Type> } & {
  readonly lift: ControlAnswer<"unlock">;
  readonly sync: PeerState;
  /** `next` is the id of the last one; null behind the end. */
  readonly locks: { readonly locks: readonly LockVersion[]; readonly next: string | null };
  readonly token: PeerToken | null;
  readonly revoke: PeerToken | null;
  readonly holding: readonly string[];
  /** Whether it was the first use; null for a token that it has not issued, or has revoked. */
  readonly use_once: boolean | null;
  readonly was_used: boolean | null;
};

/** Of a lock: early enough for later ones, so that no gateway can make a lock that cannot be lifted. */
const version = v.pipe(instant, v.maxValue(LAST_DATE / 2));
const name = v.pipe(v.string(), v.maxLength(256));
const tokenId = v.pipe(v.string(), v.maxLength(256));
const digest = v.pipe(v.string(), v.regex(/^[\w-]{43}$/));

/** A token as it is sent. */
export interface SentRecord extends RecordJson {
  readonly id: string;
}

const record: v.GenericSchema<unknown, SentRecord> = v.intersect([recordJson, v.object({ id: tokenId })]);

const token: v.GenericSchema<unknown, PeerToken> = v.pipe(
  v.object({ record, now: instant }),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }) => {
    try {
      return { record: fromRecordJson(value.record.id, value.record), now: value.now };
    } catch (error) {
      addIssue({ message: error instanceof Error ? error.message : String(error) });
      return NEVER;
    }
  }),
);

const isUsable = ({ id, subject: what, value }: Lock): boolean => {
  try {
    if (what === "address") parseNetwork(value);
    return id === lockId(what, value);
  } catch {
    return false;
  }
};

const anyLock: v.GenericSchema<unknown, Lock> = v.object({
  id: v.pipe(v.string(), v.maxLength(64)),
  subject: v.picklist(LOCK_SUBJECTS),
  value: v.pipe(v.string(), v.maxLength(4096)),
  message: v.optional(v.pipe(v.string(), v.maxLength(4096)), () => undefined),
  createdAt: version,
  expiresAt: v.optional(instant),
});

const lock = v.pipe(anyLock, v.check(isUsable, "expected what can be locked, and its id"));

const anyLockVersion: v.GenericSchema<unknown, LockVersion> = v.object({
  id: v.pipe(v.string(), v.maxLength(64)),
  version,
  lock: v.optional(lock, () => undefined),
});

const lockVersion = v.pipe(
  anyLockVersion,
  v.check(
    ({ id, version, lock: its }) => its === undefined || (its.id === id && its.createdAt === version),
    "expected the version of its lock",
  ),
);

type Schemas = {
  readonly [Type in PeerRequestType]: {
    readonly request: v.GenericSchema<unknown, PeerRequestOf<Type>>;
    readonly answer: v.GenericSchema<unknown, PeerAnswers[Type]>;
  };
};

const { list, get, end, extend, unlock } = gatewaySchemas;

/** The form of each request and of its answer. What a newer gateway adds is left out. */
export const peerSchemas: Schemas = {
  list,
  get,
  end,
  extend,
  lock: { request: v.object({ type: v.literal("lock"), lock }), answer: gatewaySchemas.lock.answer },
  lift: { request: v.object({ type: v.literal("lift"), id: name, version }), answer: unlock.answer },
  sync: {
    request: v.object({ type: v.literal("sync") }),
    answer: v.object({
      id: name,
      name,
      now: instant,
      revision: name,
      locks: name,
      unwritten: v.pipe(v.array(tokenId), v.maxLength(MAX_UNWRITTEN)),
    }),
  },
  locks: {
    request: v.object({ type: v.literal("locks"), after: name }),
    answer: v.object({
      locks: v.pipe(v.array(lockVersion), v.maxLength(MAX_PAGE_LOCKS)),
      next: v.nullable(name),
    }),
  },
  token: {
    request: v.object({ type: v.literal("token"), digest: v.optional(digest), id: v.optional(tokenId) }),
    answer: v.nullable(token),
  },
  revoke: { request: v.object({ type: v.literal("revoke"), id: tokenId }), answer: v.nullable(token) },
  holding: {
    request: v.object({ type: v.literal("holding"), ids: v.pipe(v.array(tokenId), v.maxLength(MAX_TOKENS)) }),
    answer: v.pipe(v.array(tokenId), v.maxLength(MAX_TOKENS)),
  },
  use_once: {
    request: v.object({ type: v.literal("use_once"), id: tokenId, expiresAt: instant }),
    answer: v.nullable(v.boolean()),
  },
  was_used: { request: v.object({ type: v.literal("was_used"), id: tokenId }), answer: v.nullable(v.boolean()) },
};

/** A token as it is sent. */
export function encodeToken(of: TokenRecord): SentRecord {
  return { id: of.tokenId, ...toRecordJson(of), revoked_at: of.revokedAt ?? null };
}

/** Which request a message is. @throws Error saying what is wrong with it. */
export function parsePeerMessage(message: unknown): PeerRequest {
  const envelope = v.safeParse(v.object({ version: v.literal(PEER_VERSION), request: v.unknown() }), message);
  if (!envelope.success) throw new TypeError(`expected a message of version ${PEER_VERSION}`);
  const { request } = envelope.output;
  const typed = v.safeParse(v.object({ type: v.picklist(TYPES) }), request);
  if (!typed.success) throw new TypeError("unknown request");
  const parsed = v.safeParse(peerSchemas[typed.output.type].request, request);
  if (!parsed.success) throw new TypeError(`malformed request: ${describeIssue(parsed.issues)}`);
  return parsed.output;
}

const TYPES = Object.keys(peerSchemas) as readonly PeerRequestType[];
