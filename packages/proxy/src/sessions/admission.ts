import { inspect } from "node:util";
import { sameEndpoint } from "../net/endpoint.ts";
import { EndError } from "../end-reason.ts";
import type { Clock } from "../time/clock.ts";
import type { Grant } from "../tokens/grant.ts";
import type { LookupRequest, SettledGrant, TokenLookups } from "../tokens/lookups.ts";

/** The last instant that a date can represent, in milliseconds since the epoch (ECMA-262). */
const LAST_DATE = 8.64e15;

/** What {@link admit} needs to know. */
export interface AdmissionContext {
  readonly lookups: TokenLookups;
  readonly clock: Clock;
}

/**
 * Looks a token up and checks that its grant is valid now.
 *
 * @throws EndError `token_invalid`, `token_expired`, or `server_busy` when the lookup fails.
 */
export async function admit(
  token: string | undefined,
  { lookups, clock }: AdmissionContext,
  request: LookupRequest,
): Promise<SettledGrant> {
  if (token === undefined || token === "") throw new EndError("token_invalid", "there is no token in the request");
  const grant = await lookups.resolve(token, request).catch((cause: unknown) => {
    throw new EndError("server_busy", "the token could not be looked up", { cause: withoutToken(cause, token) });
  });
  if (grant === undefined) throw new EndError("token_invalid", "the token is unknown or was revoked");
  const { expiresAt } = grant;
  if (!(Math.abs(expiresAt) <= LAST_DATE)) {
    throw new EndError("internal_error", `the token source gave an expiry that is no date: ${expiresAt}`);
  }
  if (expiresAt <= clock.wall()) throw new EndError("token_expired", "the token has expired");
  return grant;
}

/**
 * Whether a session goes on with the grant `next` after `current`: it must be for the same console and the same
 * user, where `current` names one, and give the same access: what a session filters is chosen when it opens.
 */
export function allowsRenewal(current: Grant, next: Grant): boolean {
  return (
    current.instance === next.instance &&
    current.type === next.type &&
    sameEndpoint(current.endpoint, next.endpoint) &&
    (current.user === undefined || current.user === next.user) &&
    current.access === next.access
  );
}

/** The words of the error for the log; a source may have quoted the token. */
function withoutToken(cause: unknown, token: string): string {
  return inspect(cause).replaceAll(token, "[token]").replaceAll(encodeURIComponent(token), "[token]");
}
