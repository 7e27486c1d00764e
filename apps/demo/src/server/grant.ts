import type { OpenedConsole } from "../api-types.ts";

/** What the page needs to open a console itself, or to show the console page. */
export function grantOf(issued: { readonly token: string; readonly url: string }, origin: string): OpenedConsole {
  return { url: origin.replace(/^http/, "ws"), token: issued.token, pageUrl: issued.url, options: {} };
}
