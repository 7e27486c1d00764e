import { CommandError } from "./command-error.ts";

/** How many pages a list may have, of up to 1,000 entries each: more than any gateway has. */
const MAX_PAGES = 10_000;

const LIST = "the list of the gateway";

/** One page of a list. */
interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly next: string | undefined;
}

/**
 * The entries of all pages.
 *
 * @param maxPages - test seam.
 * @throws CommandError for a list that would have no end: only what is no gateway, or is broken, has one.
 */
export async function allPages<Entry>(
  read: (after: string | undefined) => Promise<Page<Entry>>,
  maxPages: number = MAX_PAGES,
): Promise<Entry[]> {
  const all: Entry[] = [];
  const seen = new Set<string | undefined>();
  let after: string | undefined;
  do {
    seen.add(after);
    const { entries, next } = await read(after);
    for (const entry of entries) all.push(entry);
    if (next === undefined) return all;
    if (seen.has(next)) throw new CommandError(`${LIST} begins again`);
    after = next;
  } while (seen.size < maxPages);
  throw new CommandError(`${LIST} has more than ${maxPages} pages`);
}
