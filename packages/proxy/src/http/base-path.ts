/**
 * The path of `console.base_url`, below which a reverse proxy that does not strip it passes everything.
 *
 * @returns a path without a slash at its end, so `""` for the root.
 */
export function basePathOf(baseUrl: string | null): string {
  return baseUrl === null ? "" : new URL(baseUrl).pathname.replace(/\/+$/, "");
}

/**
 * A path as it is without the prefix of a reverse proxy.
 *
 * @param basePath - as from {@link basePathOf}.
 */
export function withoutBase(path: string, basePath: string): string {
  return basePath !== "" && path.startsWith(`${basePath}/`) ? path.slice(basePath.length) : path;
}
