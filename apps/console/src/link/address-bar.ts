/** Parameters that carry secrets and must leave the address bar. `password` is one of noVNC's. */
const secrets: readonly string[] = ["token", "password"];

/**
 * The address to show instead of `page`: path, query and fragment without the secrets in them,
 * those inside Nova's `path=?token=…` included. Relative, for `history.replaceState`.
 */
export function addressWithoutSecrets(page: URL): string {
  const query = stripped(page.searchParams);
  const fragment = stripped(new URLSearchParams(page.hash.slice(1)));
  return page.pathname + (query === "" ? "" : `?${query}`) + (fragment === "" ? "" : `#${fragment}`);
}

function stripped(parameters: URLSearchParams): string {
  const kept = new URLSearchParams();
  for (const [name, value] of parameters) {
    if (secrets.includes(name)) continue;
    const clean = name === "path" ? pathWithoutSecrets(value) : value;
    if (clean !== "") kept.append(name, clean);
  }
  return kept.toString();
}

function pathWithoutSecrets(path: string): string {
  const start = path.indexOf("?");
  if (start === -1) return path;
  const query = stripped(new URLSearchParams(path.slice(start + 1)));
  return path.slice(0, start) + (query === "" ? "" : `?${query}`);
}
