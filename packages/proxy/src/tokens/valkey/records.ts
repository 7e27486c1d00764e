import { ErrorReply } from "@redis/client";
import type { StoreClient } from "../../valkey/client.ts";
import type { TokenRecord } from "../store.ts";
import type { TokenKeys } from "./keys.ts";
import { decodeRecord, encodeRecord, MAX_RECORD_BYTES } from "./record.ts";
import { ARE_VALID, ISSUE, REVOKE, TRIM_LIST } from "./scripts.ts";

/** How long an expired token is kept, so that its user reads "expired" and not "unknown", in milliseconds. */
const KEEP_EXPIRED_MS = 24 * 60 * 60 * 1000;

/** How many expired tokens are removed with each page of the list. */
const TRIMMED = 1000;

/** The digits of an instant in the list, which is in the order of texts. */
const INSTANT_DIGITS = 16;

/** The records of the tokens, and the list of them, as commands of the store. */
export class StoredTokens {
  readonly #keys: TokenKeys;

  constructor(keys: TokenKeys) {
    this.#keys = keys;
  }

  /** @throws Error when the record is longer than any that is read. */
  async issue(client: StoreClient, record: TokenRecord, digest: Buffer): Promise<void> {
    const stored = encodeRecord(record, digest);
    if (Buffer.byteLength(stored) > MAX_RECORD_BYTES) {
      throw new Error(`expected a record of at most ${MAX_RECORD_BYTES} bytes`);
    }
    const { token, listed, expiries } = this.#keys;
    const { tokenId, createdAt, expiresAt } = record;
    const args = [stored, String(expiresAt + KEEP_EXPIRED_MS), placeOf(createdAt, tokenId), String(expiresAt)];
    await ISSUE.run(client, [token(tokenId), listed, expiries], args);
  }

  /** The text of a record, with one command; empty where there is none. */
  async read(client: StoreClient, tokenId: string): Promise<string> {
    try {
      return (await client.getRange(this.#keys.token(tokenId), 0, MAX_RECORD_BYTES)) ?? "";
    } catch (error) {
      // Malformed, as any other text that is no JSON.
      if (error instanceof ErrorReply && error.message.startsWith("WRONGTYPE")) return error.message;
      throw error;
    }
  }

  /** The ids of some of the tokens that are listed, the last first, behind a place in the list. */
  async listed(client: StoreClient, behind: ListedToken | undefined, count: number): Promise<readonly ListedToken[]> {
    const { listed, expiries } = this.#keys;
    await TRIM_LIST.run(client, [listed, expiries], [String(TRIMMED)]);
    const start = behind === undefined ? "+" : `(${placeOf(behind.createdAt, behind.tokenId)}`;
    const options = { BY: "LEX", REV: true, LIMIT: { offset: 0, count } } as const;
    const places = await client.zRange(listed, start, "-", options);
    return places.map((place) => ({
      createdAt: Number(place.slice(0, INSTANT_DIGITS)),
      tokenId: place.slice(INSTANT_DIGITS + 1),
    }));
  }

  /**
   * Revokes tokens, and tells the other gateways.
   *
   * @returns their records in the same order, `null` where there is none, and an empty text for one that is malformed.
   */
  async revoke(client: StoreClient, tokenIds: readonly string[]): Promise<readonly (string | null)[]> {
    const { log, logCount, listed, expiries, token } = this.#keys;
    const keys = [log, logCount, listed, expiries, ...tokenIds.map(token)];
    const answer = await REVOKE.run(client, keys, [String(Date.now()), ...tokenIds]);
    if (Array.isArray(answer) && answer.length === tokenIds.length && answer.every(isText)) return answer;
    throw new Error("expected the records of the revoked tokens of the cluster's store");
  }

  /** Whether tokens are there and not revoked, in the same order. */
  async areValid(client: StoreClient, tokenIds: readonly string[]): Promise<readonly boolean[]> {
    const answer = await ARE_VALID.run(client, tokenIds.map(this.#keys.token), []);
    return tokenIds.map((_, index) => Array.isArray(answer) && answer[index] === 1);
  }
}

/** A place in the list. */
export interface ListedToken {
  readonly createdAt: number;
  readonly tokenId: string;
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

function placeOf(createdAt: number, tokenId: string): string {
  return `${String(createdAt).padStart(INSTANT_DIGITS, "0")}:${tokenId}`;
}

function isText(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
