import { cspSources, type OriginPolicy } from "./origin-policy.ts";

/** Writes the policy into the page's meta elements, where its script reads it. */
export function fillPage(
  html: string,
  { allowedOrigins, frameAncestors, renewPaths, contactUrl }: OriginPolicy,
): string {
  const lists = {
    "curfew-allowed-origins": cspSources(allowedOrigins),
    "curfew-frame-ancestors": cspSources(frameAncestors),
    "curfew-renew-paths": renewPaths,
    "curfew-contact-url": contactUrl === null ? [] : [contactUrl],
  };
  return Object.entries(lists).reduce((filled, [name, list]) => fillMeta(filled, name, list), html);
}

function fillMeta(html: string, name: string, values: readonly string[]): string {
  const list = values.join(" ").replaceAll("&", "&amp;").replaceAll('"', "&quot;");
  return html.replace(new RegExp(`(<meta name="${name}" content=")[^"]*(")`), (_, start, end) => start + list + end);
}
