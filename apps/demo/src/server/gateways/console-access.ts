import type { ConsoleAccess } from "../../api-types.ts";

/** Converts an issued token to what the page needs: for its own console, or for the console page. */
export function accessOf(issued: { readonly token: string; readonly url: string }, origin: string): ConsoleAccess {
  return { url: origin.replace(/^http/, "ws"), token: issued.token, pageUrl: issued.url, options: {} };
}
