/** The parameters of a console URL. The table in the README describes them. */
export const URL_PARAMETERS = [
  "type",
  "token",
  "path",
  "host",
  "port",
  "encrypt",
  "name",
  "title",
  "view_only",
  "shared",
  "scale",
  "resize",
  "quality",
  "compression",
  "show_dot",
  "view_clip",
  "reconnect",
  "password",
  "renew",
  "lang",
] as const;

/** The name of a parameter that the page uses. */
export type UrlParameter = (typeof URL_PARAMETERS)[number];

/** How many unused parameters are named, and how long a name may be, in characters. */
const MOST_NAMED = 20;
const LONGEST_NAME = 40;

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

  get(name: UrlParameter): string | undefined {
    return this.#fragment.get(name) ?? this.#query.get(name) ?? undefined;
  }

  /** A secret: as if it were not there when it is in the query. */
  inFragment(name: UrlParameter): string | undefined {
    return this.#fragment.get(name) ?? undefined;
  }

  /** Names of parameters that the page does not use, each once, without their values. */
  get unused(): readonly string[] {
    const known: readonly string[] = URL_PARAMETERS;
    const unknown = [...this.#query.keys(), ...this.#fragment.keys()].filter((name) => !known.includes(name));
    const names = this.#query.has("password") ? ["password", ...unknown] : unknown;
    return [...new Set(names.map((name) => name.slice(0, LONGEST_NAME)))].slice(0, MOST_NAMED);
  }

  /** All values of `name`, including repeated ones. */
  all(name: UrlParameter): string[] {
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
