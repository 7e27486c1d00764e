import { inspect } from "node:util";
import { sameEndpoint } from "../net/endpoint.ts";
import type { Grant } from "../tokens/grant.ts";
import type { TokenSource } from "../tokens/source.ts";
import type { Clock } from "../time/clock.ts";
import { EndError } from "../end-reason.ts";

/** How long a token source may take to answer, in milliseconds. */
const SOURCE_TIMEOUT_MS = 10_000;

/** The last instant that a date can say, in milliseconds since the epoch (ECMA-262). */
const LAST_DATE = 8.64e15;

/** A grant that is good now; its expiry is settled. */
export interface Admission {
  readonly grant: Grant;
  /** Milliseconds since the epoch. */
  readonly expiresAt: number;
}

/** What {@link admit} needs to know. */
export interface AdmissionContext {
  readonly tokens: TokenSource;
  readonly clock: Clock;
  /** Lifetime in milliseconds of a grant whose source names none. */
  readonly tokenTtlMs: number;
}

/**
 * Looks a token up and judges it.
 *
 * @param signal - gives the lookup up, when the session has ended meanwhile.
 * @throws EndError `token_invalid`, `token_expired`, or `server_busy` when the source fails.
 */
export async function admit(
  token: string | undefined,
  context: AdmissionContext,
  signal: AbortSignal,
): Promise<Admission> {
  const { tokens, clock, tokenTtlMs } = context;
  if (token === undefined || token === "") throw new EndError("token_invalid", "there is no token in the request");
  const grant = await inTime(lookUp(tokens, token), signal).catch((cause: unknown) => {
    throw new EndError("server_busy", "the token source does not answer", { cause: withoutToken(cause, token) });
  });
  if (grant === undefined) throw new EndError("token_invalid", "the token is unknown or was revoked");
  const now = clock.wall();
  const expiresAt = grant.expiresAt ?? now + tokenTtlMs;
  if (!(Math.abs(expiresAt) <= LAST_DATE)) {
    throw new EndError("internal_error", `the token source gave an expiry that is no date: ${expiresAt}`);
  }
  if (expiresAt <= now) throw new EndError("token_expired", "the token has expired");
  return { grant, expiresAt };
}

/**
 * Whether a session goes on with the grant `next` after `current`: it must be for the same console and the same
 * user, where `current` names one, and give no more access.
 */
export function allowsRenewal(current: Grant, next: Grant): boolean {
  return (
    current.instance === next.instance &&
    current.type === next.type &&
    sameEndpoint(current.endpoint, next.endpoint) &&
    (current.user === undefined || current.user === next.user) &&
    (current.access === "control" || next.access === "view")
  );
}

/** A source's own words for the log; it may have quoted the token. */
function withoutToken(cause: unknown, token: string): string {
  const words = inspect(cause);
  return words.replaceAll(token, "[token]").replaceAll(encodeURIComponent(token), "[token]");
}

/** Asynchronous itself, so that a source which throws is one which rejects. */
async function lookUp(tokens: TokenSource, token: string): Promise<Grant | undefined> {
  return await tokens.resolve(token);
}

async function inTime<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise: givenUp, reject } = Promise.withResolvers<never>();
  const timer = setTimeout(() => reject(new Error(`no answer within ${SOURCE_TIMEOUT_MS} ms`)), SOURCE_TIMEOUT_MS);
  signal.addEventListener("abort", () => reject(new Error("the session has ended")), { once: true });
  try {
    return await Promise.race([answer, givenUp]);
  } finally {
    clearTimeout(timer);
  }
}
