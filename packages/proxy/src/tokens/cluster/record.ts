import * as v from "valibot";
import { MAX_RECORD_BYTES } from "../../cluster-store/bounds.ts";
import { parseJson } from "../connect-info.ts";
import { fromRecordJson, recordJson, toRecordJson } from "../record-json.ts";
import type { TokenRecord } from "../store.ts";
import { idOfDigest } from "../token-id.ts";

/** Tells the ids of the cluster's tokens from those of tokens of other systems. */
const ID_PREFIX = "ct_";
const ID = /^ct_[\w-]{22}$/;

const stored = v.intersect([recordJson, v.object({ hash: v.string() })]);

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
    ...toRecordJson(record),
    hash: digest.toString("base64url"),
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
  const { hash, ...row } = result.output;
  return { record: fromRecordJson(tokenId, row), hash };
}
