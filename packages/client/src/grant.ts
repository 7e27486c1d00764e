import { FALLBACK_SUBPROTOCOL, SUBPROTOCOL, tokenSubprotocol } from "@curfew/protocol";
import type { Grant } from "./options.ts";

/** `authorize()` returned something that no retry will turn into an address. */
export class BadGrant extends TypeError {}

/**
 * What every attempt offers. A gateway takes `curfew.v1` wherever it stands in the list; `binary`
 * comes first for websockify and Nova, which do not strip the blank that browsers put before every
 * later entry, find no subprotocol that they know, and refuse the connection.
 */
const OFFER: readonly string[] = [FALLBACK_SUBPROTOCOL, SUBPROTOCOL];

/** What the WebSocket constructor needs. */
export interface Address {
  readonly url: string;
  readonly protocols: string[];
}

/**
 * The address of a grant, resolved against the page.
 *
 * @throws BadGrant when the application returned something else than a grant.
 */
export function addressOf(grant: Grant, base: string | undefined): Address {
  if (typeof grant !== "object" || grant === null || !(typeof grant.url === "string" || grant.url instanceof URL)) {
    throw new BadGrant("authorize() must return an object whose url is a string or a URL");
  }
  const { token } = grant;
  if (token !== undefined && (typeof token !== "string" || token === "")) {
    throw new BadGrant("authorize() returned a token that is not a non-empty string");
  }
  const url = parse(grant.url, base);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw new BadGrant(`authorize() returned a URL with ${url.protocol}, expected ws:, wss:, http: or https:`);
  }
  url.hash = "";
  return { url: url.href, protocols: token === undefined ? [...OFFER] : [...OFFER, tokenSubprotocol(token)] };
}

function parse(url: string | URL, base: string | undefined): URL {
  try {
    return new URL(url, base);
  } catch {
    throw new BadGrant("authorize() returned a url that is not a valid URL");
  }
}
