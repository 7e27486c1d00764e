/** A session as the gateway's operator API shows it; the fields that the dashboard uses. */
export interface OperatorSession {
  readonly id: string;
  readonly name: string | null;
  readonly instance: string | null;
  readonly state: string;
  readonly started_at: string;
  readonly expires_at: string | null;
  readonly bytes_to_client: number;
}

/** The operator's API of a gateway, as any back end would call it: over HTTP, with the key. */
export class Operator {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  async issueToken(request: {
    readonly type: string;
    readonly target: string;
    readonly ttl: number;
    readonly instance: string;
    readonly name: string;
  }): Promise<{ token: string; url: string }> {
    return await this.#call("POST", "/v1/tokens", request);
  }

  async sessions(): Promise<readonly OperatorSession[]> {
    return (await this.#call<{ sessions: OperatorSession[] }>("GET", "/v1/sessions")).sessions;
  }

  async endSession(id: string): Promise<void> {
    await this.#call("DELETE", `/v1/sessions/${encodeURIComponent(id)}`);
  }

  async #call<T>(method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(this.#url + path, {
      method,
      headers: { Authorization: `Bearer ${this.#key}`, "Content-Type": "application/json" },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const answer = (await response.json()) as T & { detail?: string };
    if (!response.ok) throw new Error(answer.detail ?? `the gateway answered ${response.status}`);
    return answer;
  }
}
