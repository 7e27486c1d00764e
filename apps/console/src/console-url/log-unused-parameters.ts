import type { ConsoleUrl, RefusedUrl } from "./parse-console-url.ts";

/** Tells developers, in the browser's console, which parameters of the address have no effect. */
export function logUnusedParameters(url: ConsoleUrl | RefusedUrl): void {
  if ("error" in url || url.unused.length === 0) return;
  const { unused } = url;
  const password = unused.includes("password")
    ? " A password is taken from the fragment only, because servers log the query."
    : "";
  // oxlint-disable-next-line no-console -- for the authors of links, not for users
  console.warn(`curfew: the page does not use these parameters of its address: ${unused.join(", ")}.${password}`);
}
