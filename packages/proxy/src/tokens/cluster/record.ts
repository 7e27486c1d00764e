import * as v from "valibot";
import { MAX_RECORD_BYTES } from "../../cluster-store/bounds.ts";
import { formatEndpoint, parseEndpoint } from "../../net/endpoint.ts";
import { parseJson } from "../connect-info.ts";
import { isSubject, LAST_DATE, MAX_SUBJECT } from "../grant.ts";
import type { TokenRecord } from "../store.ts";
import { idOfDigest } from "../token-id.ts";

/** Tells the ids of the cluster's tokens from those of tokens of other systems. */
const ID_PREFIX = "ct_";
const ID = /^ct_[\w-]{22}$/;

const instant = v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(LAST_DATE));
const text = v.nullable(v.string());
const subject = v.nullable(v.pipe(v.string(), v.check(isSubject, `Unicode text of at most ${MAX_SUBJECT} characters`)));

const stored = v.object({
  revoked_at: v.optional(instant),
  created_at: instant,
  expires_at: instant,
  hash: v.string(),
  type: v.picklist(["vnc", "serial", "spice"]),
  endpoint: v.string(),
  instance: subject,
  name: text,
  user: subject,
  access: v.picklist(["control", "view"]),
  single_use: v.boolean(),
  max_sessions: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
});

/** The id of a token, which is also its place in the store: 128 bits of its digest, which reveal nothing. */
export function storedTokenId(digest: Buffer): string {
  return ID_PREFIX + idOfDigest(digest);
}

/** Whether an id can be that of a token of the cluster. */
export function isStoredTokenId(tokenId: string): boolean {
  return ID.test(tokenId);
}

/**
 * What is stored of a token that was not revoked.
 *
 * @throws Error when it is longer than any that is read.
 */
export function encodeRecord(record: TokenRecord, digest: Buffer): string {
  const encoded = JSON.stringify({
    created_at: record.createdAt,
    expires_at: record.expiresAt,
    hash: digest.toString("base64url"),
    type: record.type,
    endpoint: formatEndpoint(record.endpoint),
    instance: record.instance ?? null,
    name: record.name ?? null,
    user: record.user ?? null,
    access: record.access,
    single_use: record.singleUse === true,
    max_sessions: record.maxSessions ?? null,
  } satisfies v.InferOutput<typeof stored>);
  if (Buffer.byteLength(encoded) > MAX_RECORD_BYTES) {
    throw new Error(`expected a record of at most ${MAX_RECORD_BYTES} bytes`);
  }
  return encoded;
}

/**
 * The reverse of {@link encodeRecord}.
 *
 * @returns the record, and the token's SHA-256 in base64url.
 * @throws Error naming the token's id and what is wrong.
 */
export function decodeRecord(tokenId: string, json: string): { readonly record: TokenRecord; readonly hash: string } {
  try {
    return decode(tokenId, json);
  } catch (cause) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    throw new Error(`the cluster's store has a malformed record of the token ${tokenId}: ${reason}`, { cause });
  }
}

/**
 * What is stored under an id.
 *
 * @param digest - of the token. @defaultValue any: only its id is known
 * @throws Error when it is malformed.
 */
export function toRecord(tokenId: string, found: string, digest?: Buffer): TokenRecord | undefined {
  if (found === "") return undefined;
  const { record, hash } = decodeRecord(tokenId, found);
  return digest === undefined || digest.toString("base64url") === hash ? record : undefined;
}

function decode(tokenId: string, json: string): { record: TokenRecord; hash: string } {
  if (json.length > MAX_RECORD_BYTES) throw new Error(`it has more than ${MAX_RECORD_BYTES} bytes`);
  const result = v.safeParse(stored, parseJson(json, "the cluster's store"));
  if (!result.success) {
    const [issue] = result.issues;
    throw new Error(`${v.getDotPath(issue) ?? "record"}: expected ${issue.expected ?? issue.message}`);
  }
  const row = result.output;
  const record = {
    tokenId,
    type: row.type,
    endpoint: parseEndpoint(row.endpoint),
    instance: row.instance ?? undefined,
    name: row.name ?? undefined,
    user: row.user ?? undefined,
    access: row.access,
    ...(row.single_use && { singleUse: true }),
    ...(row.max_sessions !== null && { maxSessions: row.max_sessions }),
    createdAt: row.created_at,
    expiresAt: row.expires_at,
    revokedAt: row.revoked_at,
  };
  return { record, hash: row.hash };
}
