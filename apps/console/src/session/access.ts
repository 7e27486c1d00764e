import type { ConnectInfo } from "@curfew/client";
import { format } from "@curfew/client/messages";
import type { EmbeddingParent } from "../embedding/embedding-parent.ts";
import type { ConsoleUrl } from "../console-url/parse-console-url.ts";
import { texts } from "../locales/texts.ts";
import { keepToken } from "./kept-token.ts";

/** How long a token request may take. */
const TIMEOUT_MS = 20_000;

/** The part of {@link EmbeddingParent} that hands out tokens. */
type TokenParent = Pick<EmbeddingParent, "canRenew" | "requestToken">;

/**
 * The page's access to its console: the token of the URL, and where to request a new one. Tokens are kept in this object
 * and in the tab's own history, never in an address, in storage or in the page.
 */
export class Access {
  #token: string | undefined;
  #next: string | undefined;
  readonly #socketUrl: string;
  readonly #renewUrl: string | undefined;
  readonly #renewBlocked: boolean;
  readonly #parent: TokenParent | undefined;

  /** @param parent - the embedding page, which is asked for tokens where the URL has no `renew` */
  constructor(url: ConsoleUrl, parent?: TokenParent) {
    this.#token = url.token;
    this.#socketUrl = url.socketUrl;
    this.#renewUrl = url.renewUrl;
    this.#renewBlocked = url.renewBlocked;
    this.#parent = parent;
  }

  get hasToken(): boolean {
    return this.#token !== undefined;
  }

  /** Whether the page can request new tokens. */
  get canRequest(): boolean {
    return this.#renewUrl !== undefined || this.#parent?.canRenew === true;
  }

  /** Whether the page cannot request tokens because the operator does not allow what the URL names. */
  get isBlocked(): boolean {
    return this.#renewBlocked && !this.canRequest;
  }

  /** Why the page cannot request tokens, and what the user can do instead. */
  get whyNoRequest(): string {
    const { access } = texts();
    return this.isBlocked ? access.blocked : access.noPlace;
  }

  /** The console opens with the token: a reload is to open it again. */
  keep(): void {
    keepToken(this.#token);
  }

  /** The session is over: a reload is not to open another one. */
  forget(): void {
    keepToken(undefined);
  }

  grant(): ConnectInfo {
    if (this.#token === undefined) throw new Error("no token");
    return { url: this.#socketUrl, token: this.#token };
  }

  /**
   * Requests a new token: at the URL's `renew` address with a POST without a body, with cookies, answered by
   * `{ "token": "…" }`; without `renew`, from the embedding page. The token is used from {@link confirm} on.
   *
   * @throws Error with a sentence for display
   */
  async request(signal: AbortSignal): Promise<string> {
    const over = AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]);
    this.#next = this.#renewUrl === undefined ? await this.#askParent(over) : await requestAt(this.#renewUrl, over);
    return this.#next;
  }

  /** Takes a token that was not requested. It is used from {@link confirm} on. */
  offer(token: string): void {
    this.#next = token;
  }

  /** Makes the requested token the one to connect with. */
  confirm(): void {
    this.#token = this.#next ?? this.#token;
    this.#next = undefined;
    this.keep();
  }

  async #askParent(signal: AbortSignal): Promise<string> {
    if (this.#parent?.canRenew !== true) throw new Error(this.whyNoRequest);
    try {
      return await this.#parent.requestToken(signal);
    } catch (cause) {
      throw new Error(texts().access.parentSilent, { cause });
    }
  }
}

async function requestAt(url: string, signal: AbortSignal): Promise<string> {
  const response = await post(url, signal);
  if (!response.ok) throw new Error(refusal(response.status));
  return tokenIn(await response.json().catch(() => null));
}

function refusal(status: number): string {
  const { access } = texts();
  switch (status) {
    case 401:
      return access.signedOut;
    case 403:
      return access.forbidden;
    case 404:
      return access.gone;
    default:
      return format(access.status, { status });
  }
}

async function post(url: string, signal: AbortSignal): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      credentials: "include",
      headers: { accept: "application/json" },
      cache: "no-store",
      redirect: "error",
      signal,
    });
  } catch (cause) {
    throw new Error(texts().access.silent, { cause });
  }
}

function tokenIn(body: unknown): string {
  const token = typeof body === "object" && body !== null && "token" in body ? body.token : undefined;
  if (typeof token !== "string" || token === "") throw new Error(texts().access.noToken);
  return token;
}
