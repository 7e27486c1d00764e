import { EndError } from "../end-reason.ts";
import type { Lease } from "../limits/lease.ts";
import type { SessionInfo } from "../telemetry/session-info.ts";
import type { Grant } from "../tokens/grant.ts";
import type { SettledGrant } from "../tokens/lookups.ts";
import { allowsRenewal } from "./admission.ts";
import type { SessionContext } from "./session-context.ts";

/**
 * Asks the limits for a slot for a session that its grant opens.
 *
 * @returns a promise only where another process has to be asked.
 * @throws EndError `server_busy` when a limit is reached, also through the promise.
 */
export function requestSlot(
  { id, clientAddress }: SessionInfo,
  { tokenId, instance, user, maxSessions }: Grant,
  { limits }: Pick<SessionContext<unknown>, "limits">,
  signal: AbortSignal,
): Lease | Promise<Lease> {
  return limits.acquire({ session: id, client: clientAddress, token: tokenId, instance, user, maxSessions }, signal);
}

/**
 * Checks that a session may go on with another grant, and uses that grant.
 *
 * @throws EndError when it may not.
 */
export async function admitRenewal(
  session: SessionInfo & { readonly grant: Grant | undefined },
  next: SettledGrant,
  { events, lookups }: Pick<SessionContext<unknown>, "events" | "lookups">,
  signal: AbortSignal,
): Promise<void> {
  if (session.grant === undefined || !allowsRenewal(session.grant, next)) {
    throw new EndError("forbidden", "the token is for another console");
  }
  await events.ask({ type: "renewal_requested", session, grant: next }, signal);
  await lookups.use(next);
}
