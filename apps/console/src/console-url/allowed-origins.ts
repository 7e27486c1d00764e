/**
 * Parses the origins in `<meta name="curfew-allowed-origins" content="…">`: separated by spaces, each an exact
 * `scheme://host[:port]`, or `host[:port]`, which stands for the page's own scheme and for https. Anything else, including
 * wildcards, is ignored.
 *
 * @param pageProtocol - the page's own scheme, as in `location.protocol`
 */
export function parseAllowedOrigins(content: string, pageProtocol: string): string[] {
  const entries = content.split(/\s+/).flatMap((entry) => {
    const schemes = /^https?:\/\//i.test(entry) ? [""] : [`${pageProtocol}//`, "https://"];
    return schemes.map((scheme) => scheme + entry);
  });
  const origins = entries
    .filter((entry) => /^https?:\/\/[^*\s]+$/i.test(entry) && URL.canParse(entry))
    .map((entry) => new URL(entry))
    .filter((url) => url.pathname === "/" && url.search === "" && url.hash === "" && url.username === "")
    .map((url) => url.origin);
  return [...new Set(origins)];
}
