import type { UseTable } from "../session.ts";
import type { StoreClient } from "./client.ts";
import { fullOr } from "./full.ts";
import type { TokenKeys } from "./token-keys.ts";
import { FIRST_USE, MERGE_FIRST_USES, MERGE_USED, USE_ONCE } from "./token-scripts.ts";

/** The first uses of tokens, and the single-use tokens that were used. */
export class ValkeyUseTable implements UseTable {
  readonly #client: StoreClient;
  readonly #keys: TokenKeys;

  constructor(client: StoreClient, keys: TokenKeys) {
    this.#client = client;
    this.#keys = keys;
  }

  async firstUse(id: string, now: number, most: number): Promise<number> {
    const { firstUses, lastUses } = this.#keys;
    return toNumber(await FIRST_USE.run(this.#client, [firstUses, lastUses], [id, String(now), String(most)]));
  }

  async mergeFirstUses(uses: readonly (readonly [id: string, first: number])[]): Promise<void> {
    const { firstUses, lastUses } = this.#keys;
    const args = uses.flatMap(([id, first]) => [id, String(first)]);
    await MERGE_FIRST_USES.run(this.#client, [firstUses, lastUses], args);
  }

  async useOnce(id: string, keptUntil: number, most: number): Promise<boolean> {
    const args = [id, String(keptUntil), String(most)];
    return toNumber(await USE_ONCE.run(this.#client, [this.#keys.used], args).catch(fullOr)) === 1;
  }

  async wasUsed(id: string): Promise<boolean> {
    return (await this.#client.zScore(this.#keys.used, id)) !== null;
  }

  async mergeUsed(uses: readonly (readonly [id: string, keptUntil: number])[]): Promise<void> {
    const args = uses.flatMap(([id, keptUntil]) => [String(keptUntil), id]);
    await MERGE_USED.run(this.#client, [this.#keys.used], args);
  }
}

function toNumber(answer: unknown): number {
  const number = typeof answer === "string" && answer !== "" ? Number(answer) : answer;
  if (typeof number === "number" && Number.isSafeInteger(number)) return number;
  throw new Error("expected a whole number of the cluster's store");
}
