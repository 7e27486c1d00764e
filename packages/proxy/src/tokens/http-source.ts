import { readBounded } from "./bounded-body.ts";
import { parseJson, readConnectInfo } from "./connect-info.ts";
import type { ConsoleType, Grant } from "./grant.ts";
import type { LookupContext, TokenSource } from "./source.ts";
import { parseTarget } from "./target-text.ts";
import { digestId } from "./token-id.ts";

/** A reply that is longer is refused; a grant takes a few hundred bytes. */
const MAX_REPLY_BYTES = 64 * 1024;

/** Where websockify puts the token into a URL. */
export const TOKEN_PLACE = "%s";

const ISSUER = "the token service";

/** Statuses of a client error that say nothing about the token (RFC 9110 and RFC 6585). */
const UNDECIDED: ReadonlySet<number> = new Set([408, 421, 425, 426, 429]);

/** Options of {@link HttpTokenSource}. */
export interface HttpSourceOptions {
  /** Where tokens are looked up; with `%s` in it, the token is put there, as websockify does it. */
  readonly url: string;
  /** How long a lookup may take, in seconds. */
  readonly timeout: number;
  /** Presented to the service as `Authorization: Bearer`. */
  readonly bearer_token: string | null;
  /** The type of consoles where a reply names none. */
  readonly console_type: ConsoleType;
}

/**
 * Looks tokens up at a web service: POSTs `{"token": …}`, and expects 200 with the grant as JSON, or 404 for an unknown
 * token. Redirects are not followed. A URL with `%s` is one of websockify's BaseTokenAPI or JSONTokenApi: the token is
 * part of a GET request, and the reply may also be `host:port` as text.
 */
export class HttpTokenSource implements TokenSource {
  readonly #url: string;
  readonly #timeoutMs: number;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #consoleType: ConsoleType;
  readonly #isWebsockify: boolean;

  constructor({ url, timeout, bearer_token: key, console_type: consoleType }: HttpSourceOptions) {
    this.#url = url;
    this.#timeoutMs = timeout * 1000;
    this.#headers = { Accept: "application/json", ...(key !== null && { Authorization: `Bearer ${key}` }) };
    this.#consoleType = consoleType;
    this.#isWebsockify = url.includes(TOKEN_PLACE);
  }

  async resolve(token: string, { signal }: LookupContext): Promise<Grant | undefined> {
    if (this.#isWebsockify && !isUrlPart(token)) return undefined;
    const response = await this.#ask(token, signal);
    const { ok, status } = response;
    const body = readBounded(response, MAX_REPLY_BYTES, `${ISSUER}'s reply`);
    if (ok && (this.#isWebsockify || status === 200)) return this.#read(token, await body);
    // To its end, so that the connection can be used again; what it says does not matter.
    await body.catch(() => {});
    if (status === 404 || (this.#isWebsockify && isRefusal(status))) return undefined;
    throw new Error(`expected the status 200 or 404 of ${ISSUER}, but got ${status}`);
  }

  /** Any answer without a server error shows that the service is there. */
  async health(signal: AbortSignal): Promise<void> {
    const { status } = await this.#fetch(this.#urlFor(""), signal, { method: "HEAD" });
    if (status >= 500) throw new Error(`${ISSUER} answers with the status ${status}`);
  }

  async #ask(token: string, signal: AbortSignal): Promise<Response> {
    if (this.#isWebsockify) return await this.#fetch(this.#urlFor(token), signal, {});
    return await this.#fetch(this.#url, signal, { method: "POST", body: JSON.stringify({ token }) });
  }

  #urlFor(token: string): string {
    return this.#url.replaceAll(TOKEN_PLACE, () => encodeURIComponent(token));
  }

  async #fetch(url: string, signal: AbortSignal, request: Omit<RequestInit, "headers">): Promise<Response> {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]);
    const type = typeof request.body === "string" ? { "Content-Type": "application/json" } : {};
    const headers = { ...this.#headers, ...type };
    return await fetch(url, { ...request, headers, redirect: "error", signal: inTime });
  }

  /** @throws Error naming the field that is wrong. */
  #read(token: string, body: string): Grant {
    const options = { tokenId: digestId(token), issuer: ISSUER, consoleType: this.#consoleType };
    if (this.#isWebsockify && !body.trimStart().startsWith("{")) {
      return readConnectInfo({ host: toHost(body.trim()) }, { ...options, isLoose: true });
    }
    return readConnectInfo(parseJson(body, ISSUER), { ...options, isLoose: this.#isWebsockify });
  }
}

/** What no URL can carry, or what leads to another place in it, is no token of websockify's services. */
function isUrlPart(token: string): boolean {
  return token.isWellFormed() && token !== "." && token !== "..";
}

/** Whether a status says that the service refuses the token. */
function isRefusal(status: number): boolean {
  return status >= 400 && status < 500 && !UNDECIDED.has(status);
}

/** @throws Error when the text of a reply is no address. */
function toHost(text: string): string {
  try {
    parseTarget(text);
    return text;
  } catch {
    throw new Error(`expected JSON or host:port in ${ISSUER}'s reply`);
  }
}
