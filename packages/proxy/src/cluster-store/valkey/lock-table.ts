import type { LockTable, StoredLock } from "../session.ts";
import type { StoreClient } from "./client.ts";
import { fullOr } from "./full.ts";
import type { TokenKeys } from "./token-keys.ts";
import { MERGE_LOCKS, WRITE_LOCK } from "./token-scripts.ts";

/** About how many locks are read at once. */
const PAGE = 500;

/** The locks, each as its version, a space, and JSON. */
export class ValkeyLockTable implements LockTable {
  readonly #client: StoreClient;
  readonly #keys: TokenKeys;

  constructor(client: StoreClient, keys: TokenKeys) {
    this.#client = client;
    this.#keys = keys;
  }

  async write(id: string, json: string, now: number, most: number): Promise<number> {
    const args = [id, String(now), json, String(most)];
    return Number(await WRITE_LOCK.run(this.#client, this.#logKeys, args).catch(fullOr));
  }

  async merge(locks: readonly (readonly [id: string, lock: StoredLock])[]): Promise<void> {
    const args = locks.flatMap(([id, { version, json }]) => [id, String(version), json]);
    await MERGE_LOCKS.run(this.#client, this.#logKeys, args);
  }

  async read(ids: readonly string[]): Promise<readonly (StoredLock | undefined)[]> {
    const values = await this.#client.hmGet(this.#keys.locks, [...ids]);
    return ids.map((_, index) => {
      const value = values[index];
      return typeof value === "string" ? parse(value) : undefined;
    });
  }

  async readAll(most: number): Promise<ReadonlyMap<string, StoredLock>> {
    const tooMany = new Error(`expected at most ${most} locks in the cluster's store, but got more`);
    if ((await this.#client.hLen(this.#keys.locks)) > most) throw tooMany;
    const found = new Map<string, StoredLock>();
    let cursor = "0";
    // In pages, because a reply is bounded. What is written meanwhile is told in the log.
    for (let pages = 0; pages <= most && found.size <= most; pages += 1) {
      const page = await this.#client.hScan(this.#keys.locks, cursor, { COUNT: PAGE });
      for (const { field, value } of page.entries) found.set(field, parse(value));
      if (page.cursor === "0") return found;
      ({ cursor } = page);
    }
    throw tooMany;
  }

  async remove(ids: readonly string[]): Promise<void> {
    await this.#client.hDel(this.#keys.locks, [...ids]);
  }

  get #logKeys(): readonly string[] {
    return [this.#keys.log, this.#keys.logCount, this.#keys.locks];
  }
}

/** What has no version is older than anything that has one. */
function parse(value: string): StoredLock {
  const version = Number(/^(\d{1,16}) /.exec(value)?.[1] ?? 0);
  return { version, json: value.slice(value.indexOf(" ") + 1) };
}
