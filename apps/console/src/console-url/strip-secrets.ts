import { decodedTwice } from "./url-parameters.ts";

/** Parameters that are removed from the address bar. `password` is one of noVNC's. */
const SECRETS: readonly string[] = ["token", "password"];

/**
 * Removes the secrets from query and fragment, including those inside Nova's `path=?token=…`. The result is relative, for
 * `history.replaceState`.
 */
export function addressWithoutSecrets(page: URL): string {
  const query = stripped(page.searchParams);
  const fragment = stripped(new URLSearchParams(page.hash.slice(1)));
  return page.pathname + (query === "" ? "" : `?${query}`) + (fragment === "" ? "" : `#${fragment}`);
}

function stripped(parameters: URLSearchParams): string {
  const kept = new URLSearchParams();
  for (const [name, value] of parameters) {
    if (SECRETS.includes(name)) continue;
    const clean = name === "path" ? pathWithoutSecrets(value) : value;
    if (clean !== "") kept.append(name, clean);
  }
  return kept.toString();
}

function pathWithoutSecrets(value: string): string {
  const path = decodedTwice(value);
  const start = path.indexOf("?");
  if (start === -1) return path;
  const query = stripped(new URLSearchParams(path.slice(start + 1)));
  return path.slice(0, start) + (query === "" ? "" : `?${query}`);
}
