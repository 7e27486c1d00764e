import { inspect } from "node:util";
import type { ConsoleDefinition } from "../consoles/console-definition.ts";
import { sameEndpoint } from "../net/endpoint.ts";
import { EndError } from "../end-reason.ts";
import type { Clock } from "../time/clock.ts";
import type { ConsoleType, Grant } from "../tokens/grant.ts";
import { checkGrant } from "./check-grant.ts";
import { originHasScheme } from "./origin-scheme.ts";
import type { Withdrawn } from "./withdrawn.ts";
import type { LookupRequest, SettledGrant, TokenLookups } from "../tokens/lookups.ts";

/** What {@link admit} needs to know. */
export interface AdmissionContext {
  readonly lookups: TokenLookups;
  readonly clock: Clock;
  readonly withdrawn: Withdrawn;
  /** The types of consoles that the gateway knows. */
  readonly consoles: Readonly<Record<ConsoleType, ConsoleDefinition>>;
}

/**
 * Looks a token up and checks that its grant is valid now.
 *
 * @throws EndError `token_invalid`, `token_expired`, `forbidden` for a locked address, `origin_not_allowed` for a page of another scheme than the token is
 *   for, `lookup_failed` when there is no answer, `internal_error` when its grant is malformed, or that of a source which
 *   knows the token but refuses it.
 */
export async function admit(
  token: string | undefined,
  { lookups, clock, withdrawn, consoles }: AdmissionContext,
  request: LookupRequest,
): Promise<SettledGrant> {
  if (token === undefined || token === "") throw new EndError("token_invalid", "there is no token in the request");
  // For a locked address, nothing is looked up.
  withdrawn.locks.refuse({ clientAddress: request.clientAddress, grant: undefined });
  const grant = await lookups.resolve(token, request).catch((cause: unknown) => {
    if (cause instanceof EndError) throw cause;
    throw new EndError("lookup_failed", "the token could not be looked up", { cause: withoutToken(cause, token) });
  });
  if (grant === undefined) throw new EndError("token_invalid", "the token is unknown or was revoked");
  checkGrant(grant, consoles);
  if (grant.expiresAt <= clock.wall()) throw new EndError("token_expired", "the token has expired");
  // Written so that a value which is no number refuses.
  if (!(clock.wall() >= (grant.notBefore ?? -Infinity))) {
    throw new EndError("token_invalid", "the token is not valid yet");
  }
  if (!originHasScheme(request.origin, grant.accessUrlBase, request.pageScheme)) {
    throw new EndError("origin_not_allowed", "the token was not issued for pages of this scheme (http or https)");
  }
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
    current.internalAccessPath === next.internalAccessPath &&
    current.tlsPort === next.tlsPort &&
    (current.user === undefined || current.user === next.user) &&
    current.access === next.access
  );
}

/** The words of the error for the log; a source may have quoted the token. */
function withoutToken(cause: unknown, token: string): string {
  return inspect(cause).replaceAll(token, "[token]").replaceAll(encodeURIComponent(token.toWellFormed()), "[token]");
}
