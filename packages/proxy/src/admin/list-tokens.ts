import { type PageRequest, pageLimit } from "../paging.ts";
import { type GrantFilter, matches } from "../tokens/grant.ts";
import type { TokenPage, TokenRecord, TokenStore } from "../tokens/store.ts";

/** How often the store is asked at most for one page of what a filter leaves: for up to 20,000 tokens. */
const MAX_READS = 20;

/**
 * Lists tokens. The stores have no filters: what is asked for is picked from their pages. Such a page may have fewer tokens
 * than there may be in it, or none, although it is not the last.
 *
 * @throws BadPage when there can be no such page.
 */
export async function listTokens(store: TokenStore, page: PageRequest, filter: GrantFilter): Promise<TokenPage> {
  if (Object.values(filter).every((value) => value === undefined)) return await store.list(page);
  const limit = pageLimit(page.limit);
  const found: TokenRecord[] = [];
  let after = page.after;
  for (let reads = 0; reads < MAX_READS && found.length < limit; reads += 1) {
    // Never more than fit: the store says where to go on only at the end of what it gave.
    const { tokens, next } = await store.list({ limit: limit - found.length, after });
    found.push(...tokens.filter((record) => matches(record, filter)));
    after = next;
    if (after === undefined) break;
  }
  return { tokens: found, next: after };
}
