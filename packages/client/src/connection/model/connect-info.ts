import { FALLBACK_SUBPROTOCOL, SUBPROTOCOL, tokenSubprotocol } from "@curfew/protocol";

/** Where to connect. Requested anew for every attempt, so that a token is never stale. */
export interface ConnectInfo {
  /** `ws:` or `wss:`; `http:`, `https:` and relative URLs are resolved against the page. */
  readonly url: string | URL;
  /**
   * The token, unless it is part of `url`. It is sent in the list of subprotocols, which access logs
   * and browser histories do not record as they do URLs. Only gateways that speak `curfew.v1` read it.
   */
  readonly token?: string;
  /**
   * How long the session lasts, in milliseconds from now, for servers that end sessions without saying so: Nova's
   * proxies with `enforce_session_timeout`. The SDK then warns, ends the session as `session_expired` and does not
   * connect again by itself. A gateway with `curfew.v1` says it itself, and overrides it.
   */
  readonly expiresInMs?: number;
}

/** `authorize()` returned a value that trying again will not make valid. */
export class InvalidConnectInfo extends TypeError {}

/**
 * The subprotocols that every attempt offers. A gateway accepts `curfew.v1` at any place in the
 * list. `binary` comes first for websockify and Nova: they do not strip the space that browsers put
 * before every later entry, and refuse a connection without a subprotocol that they know.
 */
const OFFERED_SUBPROTOCOLS: readonly string[] = [FALLBACK_SUBPROTOCOL, SUBPROTOCOL];

/** The arguments of the WebSocket constructor. */
export interface WebSocketArguments {
  readonly url: string;
  readonly protocols: string[];
}

/**
 * Validates what `authorize()` returned and resolves its URL.
 *
 * @param base - the page's URL, if there is a page
 * @throws InvalidConnectInfo for a value that is not a valid {@link ConnectInfo}.
 */
export function webSocketArguments(info: ConnectInfo, base: string | undefined): WebSocketArguments {
  if (typeof info !== "object" || info === null || !(typeof info.url === "string" || info.url instanceof URL)) {
    throw new InvalidConnectInfo("authorize() must return an object whose url is a string or a URL");
  }
  if (typeof Response === "function" && info instanceof Response) {
    throw new InvalidConnectInfo(`authorize() returned a Response (HTTP ${info.status}), expected what is in its body`);
  }
  const { token, expiresInMs } = info;
  if (token !== undefined && (typeof token !== "string" || token === "")) {
    throw new InvalidConnectInfo("authorize() returned a token that is not a non-empty string");
  }
  if (expiresInMs !== undefined && !(typeof expiresInMs === "number" && expiresInMs >= 0)) {
    throw new InvalidConnectInfo(
      `authorize() returned expiresInMs ${String(expiresInMs)}, expected milliseconds from 0`,
    );
  }
  const url = parse(info.url, base);
  if (url.protocol === "http:") url.protocol = "ws:";
  if (url.protocol === "https:") url.protocol = "wss:";
  if (url.protocol !== "ws:" && url.protocol !== "wss:") {
    throw new InvalidConnectInfo(
      `authorize() returned a URL with ${url.protocol}, expected ws:, wss:, http: or https:`,
    );
  }
  url.hash = "";
  const protocols = [...OFFERED_SUBPROTOCOLS, ...(token === undefined ? [] : [tokenSubprotocol(token)])];
  return { url: url.href, protocols };
}

function parse(url: string | URL, base: string | undefined): URL {
  try {
    return new URL(url, base);
  } catch {
    throw new InvalidConnectInfo("authorize() returned a url that is not a valid URL");
  }
}
