import { ErrorReply } from "@redis/client";
import { MAX_RECORD_BYTES } from "../bounds.ts";
import type { ListedToken, StoredToken, TokenTable } from "../session.ts";
import type { StoreClient } from "./client.ts";
import type { TokenKeys } from "./token-keys.ts";
import { ARE_VALID, ISSUE, REVOKE, TRIM_LIST } from "./token-scripts.ts";

/** How many expired tokens are removed with each page of the list. */
const TRIMMED_WITH_PAGE = 1000;

/** The digits of an instant in the list, which is in the order of texts. */
const INSTANT_DIGITS = 16;

/** The records of the tokens, and the list of them. */
export class ValkeyTokenTable implements TokenTable {
  readonly #client: StoreClient;
  readonly #keys: TokenKeys;

  constructor(client: StoreClient, keys: TokenKeys) {
    this.#client = client;
    this.#keys = keys;
  }

  async issue({ tokenId, record, createdAt, expiresAt, keptUntil }: StoredToken): Promise<void> {
    const { token, listed, expiries } = this.#keys;
    const args = [record, String(keptUntil), placeOf(createdAt, tokenId), String(expiresAt)];
    await ISSUE.run(this.#client, [token(tokenId), listed, expiries], args);
  }

  /** With one command. */
  async read(tokenId: string): Promise<string> {
    try {
      return (await this.#client.getRange(this.#keys.token(tokenId), 0, MAX_RECORD_BYTES)) ?? "";
    } catch (error) {
      // Malformed, as any other text that is no JSON.
      if (error instanceof ErrorReply && error.message.startsWith("WRONGTYPE")) return error.message;
      throw error;
    }
  }

  async list(behind: ListedToken | undefined, count: number): Promise<readonly ListedToken[]> {
    const { listed, expiries } = this.#keys;
    await TRIM_LIST.run(this.#client, [listed, expiries], [String(TRIMMED_WITH_PAGE)]);
    const start = behind === undefined ? "+" : `(${placeOf(behind.createdAt, behind.tokenId)}`;
    const options = { BY: "LEX", REV: true, LIMIT: { offset: 0, count } } as const;
    const places = await this.#client.zRange(listed, start, "-", options);
    return places.map((place) => ({
      createdAt: Number(place.slice(0, INSTANT_DIGITS)),
      tokenId: place.slice(INSTANT_DIGITS + 1),
    }));
  }

  async revoke(tokenIds: readonly string[]): Promise<readonly (string | null)[]> {
    const { log, logCount, listed, expiries, token } = this.#keys;
    const keys = [log, logCount, listed, expiries, ...tokenIds.map(token)];
    const answer = await REVOKE.run(this.#client, keys, [String(Date.now()), ...tokenIds]);
    if (Array.isArray(answer) && answer.length === tokenIds.length && answer.every(isText)) return answer;
    throw new Error("expected the records of the revoked tokens of the cluster's store");
  }

  async areValid(tokenIds: readonly string[]): Promise<readonly boolean[]> {
    const answer = await ARE_VALID.run(this.#client, tokenIds.map(this.#keys.token), []);
    return tokenIds.map((_, index) => Array.isArray(answer) && answer[index] === 1);
  }
}

function placeOf(createdAt: number, tokenId: string): string {
  return `${String(createdAt).padStart(INSTANT_DIGITS, "0")}:${tokenId}`;
}

function isText(value: unknown): value is string | null {
  return value === null || typeof value === "string";
}
