/** A session as the gateway's operator API shows it; the fields that the dashboard uses. */
export interface OperatorSession {
  readonly id: string;
  readonly name: string | null;
  readonly client: string;
  readonly state: string;
  readonly expires_at: string | null;
  readonly bytes_to_client: number;
}

/** The body of `POST /v1/tokens`. */
export interface TokenRequest {
  readonly type: string;
  readonly target: string;
  /** Seconds. */
  readonly ttl: number;
  readonly instance: string;
  readonly name: string;
}

/** The admin API of a gateway, as any back end would call it: over HTTP, with the key. */
export class Operator {
  readonly #url: string;
  readonly #key: string;

  constructor(url: string, key: string) {
    this.#url = url;
    this.#key = key;
  }

  async issueToken(request: TokenRequest): Promise<{ token: string; url: string }> {
    return await this.#call("POST", "/v1/tokens", request);
  }

  async sessions(): Promise<readonly OperatorSession[]> {
    return (await this.#call<{ sessions: OperatorSession[] }>("GET", "/v1/sessions")).sessions;
  }

  async endSession(id: string): Promise<void> {
    await this.#call("DELETE", `/v1/sessions/${encodeURIComponent(id)}`);
  }

  async endAll(): Promise<number> {
    return (await this.#call<{ ended: number }>("DELETE", "/v1/sessions?all=true")).ended;
  }

  async endInstance(instance: string): Promise<number> {
    const path = `/v1/sessions?instance=${encodeURIComponent(instance)}`;
    return (await this.#call<{ ended: number }>("DELETE", path)).ended;
  }

  /** The metrics in Prometheus' text format. */
  async metrics(): Promise<string> {
    const response = await fetch(`${this.#url}/metrics`);
    if (!response.ok) throw new Error(`the gateway's metrics answered ${response.status}`);
    return await response.text();
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
