/** One page of a list. */
interface Page<Entry> {
  readonly entries: readonly Entry[];
  readonly next: string | undefined;
}

/** The entries of all pages. */
export async function allPages<Entry>(read: (after: string | undefined) => Promise<Page<Entry>>): Promise<Entry[]> {
  const all: Entry[] = [];
  let after: string | undefined;
  do {
    const { entries, next } = await read(after);
    all.push(...entries);
    after = next;
  } while (after !== undefined);
  return all;
}
