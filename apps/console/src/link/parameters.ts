/**
 * A console link's parameters: those of the fragment first, then those of the query, as noVNC's
 * own pages read them. A fragment never reaches a server or its log.
 */
export class LinkParameters {
  readonly #fragment: URLSearchParams;
  readonly #query: URLSearchParams;

  constructor(url: URL) {
    this.#fragment = new URLSearchParams(url.hash.slice(1));
    this.#query = url.searchParams;
  }

  get(name: string): string | undefined {
    return this.#fragment.get(name) ?? this.#query.get(name) ?? undefined;
  }

  /** Every value of `name`, repeated ones included. */
  all(name: string): string[] {
    return [...this.#fragment.getAll(name), ...this.#query.getAll(name)];
  }
}

/** True when `text` has a character that has no place in a link: controls, line breaks, NUL. */
export function hasControlCharacter(text: string): boolean {
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}
