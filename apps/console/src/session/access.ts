import type { Grant } from "@curfew/client";
import { fill } from "@curfew/client/messages";
import type { ConsoleLink } from "../link/parse-location.ts";
import { words } from "../words/words.ts";

/**
 * The access that the page holds: the link's token, and where to get a new one. Tokens stay in this
 * object, never in storage, history or the page.
 */
export class Access {
  #token: string | null;
  #next: string | null = null;
  readonly #socketUrl: string;
  readonly #renewUrl: string | null;

  constructor(link: ConsoleLink) {
    this.#token = link.token;
    this.#socketUrl = link.socketUrl;
    this.#renewUrl = link.renewUrl;
  }

  get hasToken(): boolean {
    return this.#token !== null;
  }

  /** Whether the link says where new tokens come from. */
  get canRequest(): boolean {
    return this.#renewUrl !== null;
  }

  grant(): Grant {
    if (this.#token === null) throw new Error("no token");
    return { url: this.#socketUrl, token: this.#token };
  }

  /**
   * Asks the link's `renew` address for a new token: a POST without a body, with cookies, answered
   * by `{ "token": "…" }`. The token is used from {@link confirm} on.
   *
   * @throws Error with a sentence for display
   */
  async request(signal?: AbortSignal): Promise<string> {
    if (this.#renewUrl === null) throw new Error(words().access.noPlace);
    const response = await post(this.#renewUrl, signal);
    if (!response.ok) throw new Error(refusal(response.status));
    this.#next = tokenIn(await response.json().catch(() => null));
    return this.#next;
  }

  /** Makes the requested token the one to connect with. */
  confirm(): void {
    this.#token = this.#next ?? this.#token;
    this.#next = null;
  }
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

async function post(url: string, signal: AbortSignal | undefined): Promise<Response> {
  try {
    return await fetch(url, {
      method: "POST",
      credentials: "include",
      headers: { accept: "application/json" },
      cache: "no-store",
      redirect: "error",
      signal: signal ?? null,
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
