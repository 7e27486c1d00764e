/** The schemes of WebSockets, by those of the pages that use them. */
const PAGE_SCHEMES: Readonly<Record<string, string>> = { "ws:": "http:", "wss:": "https:" };

/**
 * Whether a page has the scheme of the console URLs that a token was issued for, as Nova demands: a page without TLS
 * may not open a console whose link has it. A request without `Origin` is not from a browser.
 *
 * @param accessUrlBase - where the console URLs begin (Nova's `access_url_base`); without it there is no such rule.
 * @param pageScheme - the page's scheme by the word of a trusted proxy, as in `X-Forwarded-Proto`. It counts instead of
 *   the origin's, as in Nova.
 */
export function originHasScheme(
  origin: string | undefined,
  accessUrlBase: string | undefined,
  pageScheme?: "http" | "https",
): boolean {
  if (origin === undefined || accessUrlBase === undefined) return true;
  const page = pageScheme === undefined ? URL.parse(origin)?.protocol : `${pageScheme}:`;
  const issued = URL.parse(accessUrlBase)?.protocol;
  return page !== undefined && issued !== undefined && page === (PAGE_SCHEMES[issued] ?? issued);
}
