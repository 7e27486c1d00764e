import { cspSources, type OriginPolicy } from "./origin-policy.ts";

/**
 * Writes the policy and the page's path into its meta elements, where its script reads them.
 *
 * @param path - the path as the gateway sees it. A reverse proxy may have removed a prefix, which only the browser knows.
 */
export function fillPage(
  html: string,
  path: string,
  { allowedOrigins, frameAncestors, renewPaths, contactUrl, clipboard, clipboardMaxBytes }: OriginPolicy,
): string {
  const lists = {
    "curfew-page-path": [path],
    "curfew-allowed-origins": cspSources(allowedOrigins),
    "curfew-frame-ancestors": cspSources(frameAncestors),
    "curfew-renew-paths": renewPaths,
    "curfew-contact-url": contactUrl === null ? [] : [contactUrl],
    "curfew-clipboard": [clipboard, ...(clipboardMaxBytes === null ? [] : [String(clipboardMaxBytes)])],
  };
  return Object.entries(lists).reduce((filled, [name, list]) => fillMeta(filled, name, list), html);
}

function fillMeta(html: string, name: string, values: readonly string[]): string {
  const list = values.join(" ").replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return html.replace(new RegExp(`(<meta name="${name}" content=")[^"]*(")`), (_, start, end) => start + list + end);
}
