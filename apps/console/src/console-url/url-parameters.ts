/**
 * The parameters of a console URL. Like noVNC's own pages, it prefers those in the fragment, which no server or log sees,
 * to those in the query.
 */
export class UrlParameters {
  readonly #fragment: URLSearchParams;
  readonly #query: URLSearchParams;

  constructor(url: URL) {
    this.#fragment = new URLSearchParams(url.hash.slice(1));
    this.#query = url.searchParams;
  }

  get(name: string): string | undefined {
    return this.#fragment.get(name) ?? this.#query.get(name) ?? undefined;
  }

  /** All values of `name`, including repeated ones. */
  all(name: string): string[] {
    return [...this.#fragment.getAll(name), ...this.#query.getAll(name)];
  }
}

/** Whether `text` has a control character, such as NUL or a line break. None belongs in a URL. */
export function hasControlCharacter(text: string): boolean {
  for (const char of text) {
    const code = char.codePointAt(0) ?? 0;
    if (code < 0x20 || (code >= 0x7f && code < 0xa0)) return true;
  }
  return false;
}

/** Whether `path` is at or below `base`. Every path is below `/`. */
export function isBelow(path: string, base: string): boolean {
  if (base === "/") return true;
  // `..;` and `..%2f` are no parent folders in a URL, but some servers treat them as such.
  if (/(?:\.|%2e){2}|%5c/i.test(path)) return false;
  return path === base || path.startsWith(base.endsWith("/") ? base : `${base}/`);
}

/** The parameter `path`, which some portals encode twice: then its `?` is not one yet. */
export function decodedTwice(path: string): string {
  if (path.includes("?") || !/%3f/i.test(path)) return path;
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
