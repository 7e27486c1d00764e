import { inspect } from "node:util";
import { BurstLog } from "./burst-log.ts";
import type { EndError, EndReason } from "../end-reason.ts";
import { formatEndpoint } from "../net/endpoint.ts";
import type { Actor, EventObserver, GatewayEvent, LockInfo } from "./events.ts";
import { logError, type Logger, sessionFields } from "./log.ts";
import type { GrantInfo, SessionEnd, SessionInfo } from "./session-info.ts";

/** Writes events to the log. */
export function logObserver(log: Logger): EventObserver {
  const bursts = new BurstLog(log);
  return { name: "log", notify: (event) => logEvent(log, event, bursts) };
}

function logEvent(log: Logger, event: GatewayEvent, bursts: BurstLog): void {
  switch (event.type) {
    case "session_opened":
    case "session_renewed":
      log.info({ ...sessionFields(event.session), expires_at: expiry(event.session) }, IN_SESSION[event.type]);
      break;
    case "session_outlived":
      log.info(sessionFields(event.session), "session outlives its token");
      break;
    case "renewal_refused":
    case "channel_failed":
      log[level(event.error.reason)](errorFields(event), IN_SESSION[event.type]);
      break;
    case "renewals_limited":
      log.warn({ ...sessionFields(event.session), renewals: event.count }, "too many renewals refused");
      break;
    case "takeover_answered":
      log.info(takeoverFields(event), "takeover answered");
      break;
    case "session_ended":
      logEnd(log, event.session, event.end, bursts);
      break;
    case "upgrade_refused":
    case "connection_refused":
      logRefusal(bursts, event);
      break;
    case "revalidation_failed":
      if (event.isFirst) logError(log, { level: "warn", error: event.error, name: event.name }, "sessions not checked");
      break;
    case "revalidation_restored":
      log.info({ name: event.name }, "sessions checked again");
      break;
    case "token_issued":
    case "token_revoked":
    case "session_extended":
    case "locked":
    case "lifted":
      logAdministration(log, event);
      break;
    case "session_requested":
    case "renewal_requested":
    case "token_requested":
    case "revocation_requested":
    case "end_requested":
    case "extension_requested":
    case "lock_requested":
    case "lift_requested":
    case "sessions_ended":
    case "limit_reached":
    case "session_recorded":
    case "admin_called":
    case "admin_refused":
    case "worker_lost":
      // The lines of the outcomes and of each session say enough.
      break;
  }
}

/** What was done through the admin API. */
type Administration = Extract<
  GatewayEvent,
  { readonly type: "token_issued" | "token_revoked" | "session_extended" | "locked" | "lifted" }
>;

function logAdministration(log: Logger, event: Administration): void {
  switch (event.type) {
    case "token_issued":
      log.info(tokenFields(event.token, event.actor), "token issued");
      break;
    case "token_revoked":
      log.info({ token_id: event.tokenId, sessions: event.sessions, ...callerFields(event.actor) }, "token revoked");
      break;
    case "session_extended": {
      const { sessionId: session, expiresAt, actor } = event;
      log.info({ session, expires_at: new Date(expiresAt).toISOString(), ...callerFields(actor) }, "session extended");
      break;
    }
    case "locked":
      log.info({ ...lockFields(event.lock, event.actor), sessions: event.sessions }, "locked");
      break;
    case "lifted":
      log.info(lockFields(event.lock, event.actor), "lock lifted");
      break;
  }
}

/** A client without a token can cause these at will. */
type Refusal = Extract<GatewayEvent, { readonly type: "upgrade_refused" | "connection_refused" }>;

function logRefusal(bursts: BurstLog, event: Refusal): void {
  switch (event.type) {
    case "upgrade_refused":
      bursts.write({ client: event.clientAddress, fault: event.fault, detail: event.message }, "upgrade refused", {
        kind: event.fault,
      });
      break;
    case "connection_refused":
      bursts.write({ client: event.clientAddress, reason: event.reason, limit: event.limit }, "connections refused", {
        kind: event.reason,
      });
      break;
  }
}

/** How many sessions without a valid token are logged one by one, for each reason, before the others are counted. */
const SINGLE_REFUSALS = 20;

function tokenFields(token: GrantInfo, actor: Actor): Record<string, unknown> {
  const { tokenId, type, endpoint, instance, user, access } = token;
  const expires = token.expiresAt === undefined ? undefined : new Date(token.expiresAt).toISOString();
  const fields = { token_id: tokenId, type, target: formatEndpoint(endpoint), instance, user, access };
  return { ...fields, expires_at: expires, ...callerFields(actor) };
}

/** The words of lines that differ only in them. */
const IN_SESSION = {
  session_opened: "session opened",
  session_renewed: "session renewed",
  renewal_refused: "renewal refused",
  channel_failed: "channel failed",
} as const;

type TakeoverAnswered = Extract<GatewayEvent, { readonly type: "takeover_answered" }>;

function takeoverFields({ session, by, user, answer }: TakeoverAnswered): Record<string, unknown> {
  return { ...sessionFields(session), by_session: by, by_user: user, answer };
}

function errorFields({ session, error }: Extract<GatewayEvent, { readonly error: EndError }>): Record<string, unknown> {
  const { reason, message, cause } = error;
  return { ...sessionFields(session), reason, detail: message, cause: describe(cause) };
}

function lockFields({ subject, value, message }: LockInfo, actor: Actor): Record<string, unknown> {
  return { [subject === "token" ? "token_id" : subject]: value, message, ...callerFields(actor) };
}

function callerFields({ name, address }: Actor): Record<string, unknown> {
  return { actor: name, client: address };
}

function logEnd(log: Logger, session: SessionInfo, end: SessionEnd, bursts: BurstLog): void {
  const fields = endFields(session, end);
  const options = { level: level(end.reason), kind: end.reason, singly: SINGLE_REFUSALS };
  if (session.grant === undefined) bursts.write(fields, "session ended", options);
  else log[options.level](fields, "session ended");
}

function endFields(session: SessionInfo, { reason, detail, cause, lateMs }: SessionEnd): Record<string, unknown> {
  const { bytes } = session;
  return {
    ...sessionFields(session),
    reason,
    detail,
    cause: describe(cause),
    late_ms: lateMs === undefined ? undefined : Math.round(lateMs * 1000) / 1000,
    duration_ms: Math.round(session.ageMs),
    bytes_to_client: bytes.toClient,
    bytes_to_target: bytes.toTarget,
  };
}

/** Ends that an operator should look into, although the gateway is not at fault. */
const WARNINGS: ReadonlySet<EndReason> = new Set<EndReason>([
  "server_busy",
  "lookup_failed",
  "origin_not_allowed",
  "target_untrusted",
  "target_security_failed",
]);

/** A fault of the gateway is an error; an end that is neither an error nor a warning is routine. */
function level(reason: EndReason): "error" | "warn" | "info" {
  if (reason === "internal_error") return "error";
  return WARNINGS.has(reason) ? "warn" : "info";
}

function expiry({ expiresAt }: SessionInfo): string | null {
  return expiresAt === null ? null : new Date(expiresAt).toISOString();
}

function describe(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  try {
    if (cause instanceof Error) return cause.stack ?? cause.message;
    return typeof cause === "string" ? cause : inspect(cause);
  } catch {
    // A getter or a proxy of foreign code; the session's line matters more.
    return "the error cannot be logged";
  }
}
