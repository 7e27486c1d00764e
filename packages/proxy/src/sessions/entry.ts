import { EndError } from "../end-reason.ts";
import type { Lease } from "../limits/lease.ts";
import type { SessionInfo } from "../telemetry/session-info.ts";
import type { Grant } from "../tokens/grant.ts";
import type { SettledGrant } from "../tokens/lookups.ts";
import { allowsRenewal } from "./admission.ts";
import type { ChannelWatchers } from "./channel-watchers.ts";
import type { SessionContext, SessionPhase } from "./session-context.ts";
import type { SessionDeadline } from "./session-deadline.ts";

/**
 * Asks the limits for a slot for a session that its grant opens or renews.
 *
 * @param onAsking - called when users are asked whether this session may take the place of theirs, and take their time;
 *   undefined for a renewal, which takes no one's place.
 * @throws EndError `server_busy` when a limit is reached, `takeover_denied` when a user declines, `token_invalid` when
 *   the token was used already.
 */
export async function requestSlot(
  { id, clientAddress }: SessionInfo,
  grant: SettledGrant,
  { limits, lookups }: Pick<SessionContext<unknown>, "limits" | "lookups">,
  signal: AbortSignal,
  onAsking?: () => void,
): Promise<Lease> {
  // Before a session is replaced for it, or a user asked.
  await lookups.refuseUsed(grant);
  signal.throwIfAborted();
  const { tokenId: token, instance, user, maxSessions } = grant;
  return await limits.acquire(
    { session: id, client: clientAddress, token, instance, user, maxSessions, isRenewal: onAsking === undefined },
    signal,
    onAsking ?? (() => {}),
  );
}

/** A session that is renewed. */
export type RenewedSession = SessionInfo & { readonly phase: SessionPhase; mayPass(): boolean };

/** What renews a session. */
export interface Renewal {
  readonly grant: SettledGrant;
  /** The slot that the session holds from then on; undefined where it keeps its own. */
  readonly lease: Lease | undefined;
}

/**
 * Checks that a session may go on with another grant, and uses that grant.
 *
 * @param lookup - looks the new token up.
 * @throws EndError when it may not.
 */
export async function admitRenewal(
  session: SessionInfo & { readonly grant: Grant | undefined; readonly phase: SessionPhase },
  lookup: Promise<SettledGrant>,
  context: Pick<SessionContext<unknown>, "events" | "limits" | "lookups">,
  signal: AbortSignal,
): Promise<Renewal> {
  const next = await lookup;
  if (session.phase === "ended") throw new EndError("session_terminated", "the session has ended");
  if (session.grant === undefined || !allowsRenewal(session.grant, next)) {
    throw new EndError("forbidden", "the token is for another console");
  }
  await context.events.ask({ type: "renewal_requested", session, grant: next }, signal);
  const isSameToken = session.grant.tokenId === next.tokenId;
  const lease = isSameToken ? undefined : await requestSlot(session, next, context, signal);
  try {
    await context.lookups.use(next);
  } catch (error) {
    lease?.release();
    throw error;
  }
  return { grant: next, lease };
}

/**
 * Checks once more, in the turn in which a renewal takes effect, that it may. Else its slot is free again.
 *
 * @param held - the slot that the session has held so far: it is free if the renewal has another one.
 * @returns the slot that the session holds from now on.
 * @throws EndError when it may not.
 */
export function confirmRenewal(
  session: RenewedSession,
  { grant, lease }: Renewal,
  held: Lease | undefined,
  context: Pick<SessionContext<unknown>, "withdrawn" | "clock">,
): Lease | undefined {
  try {
    recheckGrant(session, grant, context);
  } catch (error) {
    lease?.release();
    throw error;
  }
  if (lease !== undefined) held?.release();
  return lease ?? held;
}

function recheckGrant(
  session: RenewedSession,
  next: SettledGrant,
  { withdrawn, clock }: Pick<SessionContext<unknown>, "withdrawn" | "clock">,
): void {
  if (session.phase === "ended" || !session.mayPass()) {
    throw new EndError("session_terminated", "the session has ended");
  }
  withdrawn.refuse(next, session.clientAddress);
  if (next.expiresAt <= clock.wall()) throw new EndError("token_expired", "the token has expired");
}

/**
 * What watches a session's channel, which is dialed next.
 *
 * @param countsInput - whether the user's activity matters.
 */
export function watchers(
  session: SessionInfo,
  grant: Grant,
  { consoles, createTaps, traces }: Pick<SessionContext<unknown>, "consoles" | "createTaps" | "traces">,
  countsInput: boolean,
): ChannelWatchers {
  traces?.enter(session, "dial");
  return {
    userInput: countsInput ? consoles[grant.type].createUserInput() : undefined,
    createTaps: () => createTaps?.(session) ?? [],
    watchHandshake: traces && (() => traces.enter(session, "handshake")),
  };
}

/**
 * Moves the deadline of a session as an administrator wants it.
 *
 * @param expiresAt - milliseconds since the epoch.
 * @returns its grant with that expiry.
 * @throws EndError saying why it cannot be moved.
 */
export function extendGrant(
  session: SessionInfo & { readonly grant: Grant | undefined; mayPass(): boolean },
  deadline: SessionDeadline,
  expiresAt: number,
): Grant {
  const { grant, expiresAt: endsAt } = session;
  if (grant === undefined || endsAt === null) throw new EndError("forbidden", "its token does not end it");
  if (!deadline.renewable) throw new EndError("forbidden", "the session has its longest duration already");
  if (expiresAt <= endsAt) throw new EndError("forbidden", "the session ends later than that already");
  if (!session.mayPass()) throw new EndError("session_expired", "the session has ended");
  deadline.set(expiresAt);
  return { ...grant, expiresAt };
}
