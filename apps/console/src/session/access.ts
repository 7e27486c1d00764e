import type { Grant } from "@curfew/client";
import { fill } from "@curfew/client/messages";
import type { EmbeddingParent } from "../embedding/embedding-parent.ts";
import type { ConsoleLink } from "../link/parse-location.ts";
import { words } from "../words/words.ts";

/** Milliseconds that a place has to hand out a token. */
const answerWithin = 20_000;

/**
 * The access that the page holds: the link's token, and where to get a new one. Tokens stay in this
 * object, never in storage, history or the page.
 */
export class Access {
  #token: string | null;
  #next: string | null = null;
  readonly #socketUrl: string;
  readonly #renewUrl: string | null;
  readonly #parent: Pick<EmbeddingParent, "canRenew" | "requestToken"> | null;

  /** @param parent the page around this one, which is asked where the link has no `renew` */
  constructor(link: ConsoleLink, parent: Pick<EmbeddingParent, "canRenew" | "requestToken"> | null = null) {
    this.#token = link.token;
    this.#socketUrl = link.socketUrl;
    this.#renewUrl = link.renewUrl;
    this.#parent = parent;
  }

  get hasToken(): boolean {
    return this.#token !== null;
  }

  /** Whether there is somebody to ask for new tokens. */
  get canRequest(): boolean {
    return this.#renewUrl !== null || this.#parent?.canRenew === true;
  }

  grant(): Grant {
    if (this.#token === null) throw new Error("no token");
    return { url: this.#socketUrl, token: this.#token };
  }

  /**
   * Asks for a new token: at the link's `renew` address with a POST without a body, with cookies,
   * answered by `{ "token": "…" }`; without one, the page around this one. The token is used from
   * {@link confirm} on.
   *
   * @throws Error with a sentence for display
   */
  async request(signal: AbortSignal): Promise<string> {
    const over = AbortSignal.any([signal, AbortSignal.timeout(answerWithin)]);
    this.#next = this.#renewUrl === null ? await this.#askParent(over) : await requestAt(this.#renewUrl, over);
    return this.#next;
  }

  /** Takes a token that was not asked for. It is used from {@link confirm} on. */
  offer(token: string): void {
    this.#next = token;
  }

  /** Makes the requested token the one to connect with. */
  confirm(): void {
    this.#token = this.#next ?? this.#token;
    this.#next = null;
  }

  async #askParent(signal: AbortSignal): Promise<string> {
    if (this.#parent?.canRenew !== true) throw new Error(words().access.noPlace);
    try {
      return await this.#parent.requestToken(signal);
    } catch (cause) {
      throw new Error(words().access.parentSilent, { cause });
    }
  }
}

async function requestAt(url: string, signal: AbortSignal): Promise<string> {
  const response = await post(url, signal);
  if (!response.ok) throw new Error(refusal(response.status));
  return tokenIn(await response.json().catch(() => null));
}

function refusal(status: number): string {
  const { access } = words();
  switch (status) {
    case 401:
      return access.signedOut;
    case 403:
      return access.forbidden;
    case 404:
      return access.gone;
    default:
      return fill(access.status, { status });
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
    throw new Error(words().access.silent, { cause });
  }
}

function tokenIn(body: unknown): string {
  const token = typeof body === "object" && body !== null && "token" in body ? body.token : undefined;
  if (typeof token !== "string" || token === "") throw new Error(words().access.noToken);
  return token;
}
