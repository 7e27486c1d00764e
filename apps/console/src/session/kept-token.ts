import { isToken } from "../console-url/token.ts";

const KEY = "curfewToken";

/**
 * The token that this entry of the tab's history keeps, so that reloading the page and going back to it open the console
 * again. No other tab, site or log sees it, and unlike the address it is not copied, shared or shown.
 */
export function keptToken(): string | undefined {
  const state: unknown = history.state;
  const token = typeof state === "object" && state !== null && KEY in state ? state[KEY] : undefined;
  return isToken(token) ? token : undefined;
}

/** Keeps a token; undefined forgets it. */
export function keepToken(token: string | undefined): void {
  history.replaceState(token === undefined ? null : { [KEY]: token }, "");
}
