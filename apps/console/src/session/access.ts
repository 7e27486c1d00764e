import type { Grant } from "@curfew/client";
import type { ConsoleLink } from "../link/parse-location.ts";

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
    if (this.#renewUrl === null) throw new Error("This link does not say where to get a new token.");
    const response = await post(this.#renewUrl, signal);
    if (!response.ok) throw new Error(refusals.get(response.status) ?? `The answer was HTTP ${response.status}.`);
    this.#next = tokenIn(await response.json().catch(() => null));
    return this.#next;
  }

  /** Makes the requested token the one to connect with. */
  confirm(): void {
    this.#token = this.#next ?? this.#token;
    this.#next = null;
  }
}

const refusals: ReadonlyMap<number, string> = new Map([
  [401, "You are not signed in any more."],
  [403, "You may not open this console any more."],
  [404, "This console is not offered any more."],
]);

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
    throw new Error("The place that hands out access did not answer.", { cause });
  }
}

function tokenIn(body: unknown): string {
  const token = typeof body === "object" && body !== null && "token" in body ? body.token : undefined;
  if (typeof token !== "string" || token === "") throw new Error("The answer did not contain a token.");
  return token;
}
