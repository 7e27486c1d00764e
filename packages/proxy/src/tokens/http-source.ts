import * as v from "valibot";
import { formatAddress } from "../net/address.ts";
import { type Endpoint, parseEndpoint } from "../net/endpoint.ts";
import { sha256 } from "../sha256.ts";
import type { Grant } from "./grant.ts";
import type { LookupContext, TokenSource } from "./source.ts";

/** A reply that is longer is refused; a grant takes a few hundred bytes. */
const MAX_REPLY_BYTES = 64 * 1024;

const text = v.optional(v.nullable(v.string()));

const reply = v.object({
  host: v.string(),
  port: v.pipe(v.number(), v.integer()),
  type: v.optional(v.nullable(v.picklist(["vnc", "serial", "spice"]))),
  instance: text,
  name: text,
  user: text,
  access: v.optional(v.nullable(v.picklist(["control", "view"]))),
  expires_at: v.optional(v.nullable(v.pipe(v.string(), v.isoTimestamp()))),
});

/** Options of {@link HttpTokenSource}. */
export interface HttpSourceOptions {
  /** Where tokens are looked up. */
  readonly url: string;
  /** How long a lookup may take, in seconds. */
  readonly timeout: number;
}

/**
 * Looks tokens up at a web service: POSTs `{"token": …}`, and expects 200 with the grant as JSON, or 404 for an unknown
 * token. A token is never part of a URL, and redirects are not followed.
 */
export class HttpTokenSource implements TokenSource {
  readonly #url: string;
  readonly #timeoutMs: number;

  constructor({ url, timeout }: HttpSourceOptions) {
    this.#url = url;
    this.#timeoutMs = timeout * 1000;
  }

  async resolve(token: string, { signal }: LookupContext): Promise<Grant | undefined> {
    const response = await this.#fetch(signal, {
      method: "POST",
      headers: { Accept: "application/json", "Content-Type": "application/json" },
      body: JSON.stringify({ token }),
    });
    if (response.status !== 200) {
      await response.body?.cancel();
      if (response.status === 404) return undefined;
      throw new Error(`expected the status 200 or 404 of the token service, but got ${response.status}`);
    }
    return toGrant(token, await readBounded(response));
  }

  /** Any answer without a server error shows that the service is there. */
  async health(signal: AbortSignal): Promise<void> {
    const { status } = await this.#fetch(signal, { method: "HEAD" });
    if (status >= 500) throw new Error(`the token service answers with the status ${status}`);
  }

  async #fetch(signal: AbortSignal, request: RequestInit): Promise<Response> {
    const inTime = AbortSignal.any([signal, AbortSignal.timeout(this.#timeoutMs)]);
    return await fetch(this.#url, { ...request, redirect: "error", signal: inTime });
  }
}

async function readBounded(response: Response): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  // Leaving the loop closes the connection.
  for await (const chunk of response.body ?? []) {
    bytes += chunk.byteLength;
    if (bytes > MAX_REPLY_BYTES) throw new Error(`the token service's reply has more than ${MAX_REPLY_BYTES} bytes`);
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}

/** @throws Error naming the field that is wrong. */
function toGrant(token: string, body: string): Grant {
  const { host, port, type, instance, name, user, access, expires_at: expiresAt } = parseReply(body);
  return {
    // The service names none. 128 bits of the digest are the same in every process and reveal nothing.
    tokenId: sha256(token).toString("base64url").slice(0, 22),
    type: type ?? "vnc",
    endpoint: toEndpoint(host, port),
    instance: instance ?? undefined,
    name: name ?? undefined,
    user: user ?? undefined,
    access: access ?? "control",
    expiresAt: typeof expiresAt === "string" ? toInstant(expiresAt) : undefined,
  };
}

function parseReply(body: string): v.InferOutput<typeof reply> {
  let json: unknown;
  try {
    json = JSON.parse(body);
  } catch {
    // The parser's message would quote the reply.
    throw new Error("expected JSON in the token service's reply");
  }
  const result = v.safeParse(reply, json);
  if (result.success) return result.output;
  const [issue] = result.issues;
  throw new Error(`${v.getDotPath(issue) ?? "reply"}: expected ${issue.expected ?? issue.type} of the token service`);
}

/** The milliseconds since the epoch of a time in the form of RFC 3339. */
function toInstant(text: string): number {
  const instant = Date.parse(text);
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = text.slice(0, 10).split("-").map(Number);
  // For Date, the 31st of February is a day in March, and an offset without minutes is no offset.
  if (Number.isNaN(instant) || new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) {
    throw new Error("expires_at: expected a time such as 2030-01-02T03:04:05Z of the token service");
  }
  return instant;
}

function toEndpoint(host: string, port: number): Endpoint {
  try {
    if (/\p{Cc}/u.test(host)) throw new TypeError("expected no control characters");
    return parseEndpoint(formatAddress({ host, port }));
  } catch {
    throw new Error("host, port: expected an address of the token service");
  }
}
