import { Agent as HttpAgent, type ClientRequest, type IncomingMessage, request as requestHttp } from "node:http";
import { Agent as HttpsAgent, request as requestHttps } from "node:https";
import { isUnknownAuthority } from "../../net/unknown-authority.ts";
import { printable } from "../../printable.ts";
import { inTime } from "../../time/in-time.ts";
import { PEER_PATH } from "./peer-path.ts";

/** The longest answer of a peer, in bytes. */
export const MAX_ANSWER_BYTES: number = 1024 * 1024;

/** How many connections to a peer there may be, and how many requests may wait for their answers. */
const MAX_CONNECTIONS = 32;
const MAX_WAITING = 1000;

/** How much of the words of a refusal is repeated, in characters. */
const MAX_DETAIL = 200;

const UNKNOWN_AUTHORITY = "its certificate is not from an authority of ca in cluster.peers";

/** Where another gateway's admin API is, and what it is asked with. */
export interface PeerAddress {
  /** `https://host:port` or `http://host:port`, with or without a path. */
  readonly url: string;
  /** A key of that gateway with the right `admin`. */
  readonly key: string;
  /** PEM with the authorities of its certificate. @defaultValue those of Node */
  readonly ca?: string | undefined;
}

/** Posts JSON to the admin API of another gateway. What it answers may be anything, or never end. */
export class PeerHttp {
  readonly #url: string;
  readonly #headers: Readonly<Record<string, string>>;
  readonly #request: typeof requestHttp;
  readonly #agent: HttpAgent;
  #waiting = 0;
  #isRetired = false;

  constructor({ url, key, ca }: PeerAddress) {
    const isTls = url.startsWith("https:");
    const pool = { keepAlive: true, maxSockets: MAX_CONNECTIONS };
    this.#url = url.replace(/\/+$/, "") + PEER_PATH;
    this.#headers = { Authorization: `Bearer ${key}`, "Content-Type": "application/json" };
    this.#request = isTls ? requestHttps : requestHttp;
    this.#agent = isTls ? new HttpsAgent({ ...pool, ca }) : new HttpAgent(pool);
  }

  /**
   * @param timeoutMs - until the last byte of the answer.
   * @returns the answer's body.
   * @throws Error that says why there is none, in words that name no secret.
   */
  async post(body: string, timeoutMs: number): Promise<string> {
    if (this.#waiting >= MAX_WAITING) throw new Error(`${MAX_WAITING} requests to it wait already`);
    this.#waiting += 1;
    try {
      return await inTime(async (signal) => await this.#post(body, signal), Math.max(1, Math.ceil(timeoutMs)));
    } finally {
      this.#waiting -= 1;
      if (this.#isRetired) this.retire();
    }
  }

  /** Closes the connections. */
  close(): void {
    this.#agent.destroy();
  }

  /** The same once all requests that wait now have ended. */
  retire(): void {
    this.#isRetired = true;
    if (this.#waiting === 0) this.close();
  }

  async #post(body: string, signal: AbortSignal): Promise<string> {
    const answer = await this.#send(body, signal);
    const text = await readBounded(answer);
    const { statusCode = 0 } = answer;
    if (statusCode === 200) return text;
    if (statusCode === 404) throw new Error("it has no cluster.peers, or is no gateway (HTTP 404)");
    if (statusCode >= 300 && statusCode < 400) throw new Error(`it redirects (HTTP ${statusCode})`);
    throw new Error(`it answers HTTP ${statusCode}${detailOf(text)}`);
  }

  async #send(body: string, signal: AbortSignal): Promise<IncomingMessage> {
    const headers = { ...this.#headers, "Content-Length": String(Buffer.byteLength(body)) };
    const attempt = async (): Promise<IncomingMessage> => {
      const { promise, resolve, reject } = Promise.withResolvers<IncomingMessage>();
      const sent: ClientRequest = this.#request(this.#url, { method: "POST", headers, agent: this.#agent, signal });
      sent.on("response", resolve).on("error", (error: NodeJS.ErrnoException) => {
        if (sent.reusedSocket && error.code === "ECONNRESET") reject(new StaleConnection());
        else reject(isUnknownAuthority(error) ? new Error(UNKNOWN_AUTHORITY, { cause: error }) : error);
      });
      // Also an answer that is none ends it, such as 101 (Switching Protocols), after which there is no error.
      sent.on("close", () => reject(new Error("it closed the connection without an answer")));
      sent.end(body);
      return await promise;
    };
    try {
      return await attempt();
    } catch (error) {
      if (!(error instanceof StaleConnection)) throw error;
      // The peer had closed a connection that was kept. Should it have read the request all the same, then nothing that it
      // is asked does more the second time: a token that is used once is refused.
      return await attempt();
    }
  }
}

class StaleConnection extends Error {
  override readonly name = "StaleConnection";
}

/** @throws Error when it is too long. */
async function readBounded(answer: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of answer as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop destroys the connection.
    if (bytes > MAX_ANSWER_BYTES) throw new Error(`its answer is longer than ${MAX_ANSWER_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** What a gateway says of a refusal (RFC 9457). */
function detailOf(text: string): string {
  try {
    const { detail } = JSON.parse(text) as { readonly detail?: unknown };
    return typeof detail === "string" ? `: ${printable(detail.slice(0, MAX_DETAIL))}` : "";
  } catch {
    return "";
  }
}
