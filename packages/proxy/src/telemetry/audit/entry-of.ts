import { formatEndpoint } from "../../net/endpoint.ts";
import type { Actor, GatewayEvent, LockInfo } from "../events.ts";
import type { GrantInfo, SessionInfo } from "../session-info.ts";
import type { AuditEntry, AuditFields } from "./entry.ts";

/** Longest path of a request that is written, in characters. */
const MAX_PATH = 500;

/** An event that a request to the admin API has caused. */
type AdminEvent = Extract<GatewayEvent, { readonly actor: Actor } | { readonly type: "admin_refused" }>;

/** The line of an event; undefined for one that concerns the gateway's own checks only. */
export function entryOf(event: GatewayEvent): AuditEntry | undefined {
  return "actor" in event || event.type === "admin_refused" ? adminEntry(event) : gatewayEntry(event);
}

function gatewayEntry(event: Exclude<GatewayEvent, AdminEvent>): AuditEntry | undefined {
  switch (event.type) {
    case "session_requested":
    case "session_renewed":
    case "session_recorded":
    case "session_outlived":
      return { event: event.type, ...sessionFields(event.session) };
    case "session_opened":
      return { event: event.type, ...sessionFields(event.session), handshake_ms: rounded(event.handshakeMs) };
    case "renewal_requested":
      return { event: event.type, ...sessionFields(event.session), ...grantFields(event.grant) };
    case "renewal_refused":
    case "channel_failed": {
      const { reason, message: detail } = event.error;
      return { event: event.type, ...sessionFields(event.session), reason, detail };
    }
    case "renewals_limited":
      return { event: event.type, ...sessionFields(event.session), count: event.count };
    case "takeover_answered": {
      const { session, by, user, answer } = event;
      return { event: event.type, ...sessionFields(session), by_session: by, by_user: user, answer };
    }
    case "session_ended":
      return { event: event.type, ...sessionFields(event.session), ...endFields(event) };
    case "limit_reached":
      return { event: event.type, session: event.sessionId, limit: event.limit };
    case "upgrade_refused":
      return { event: event.type, client: event.clientAddress, fault: event.fault, detail: event.message };
    case "connection_refused":
      return { event: event.type, client: event.clientAddress, reason: event.reason, limit: String(event.limit) };
    case "worker_lost":
      return { event: event.type, worker: event.worker, detail: event.how };
    case "revalidation_failed":
    case "revalidation_restored":
      return undefined;
  }
}

function adminEntry(event: AdminEvent): AuditEntry {
  switch (event.type) {
    case "token_requested": {
      const { type, endpoint, instance, user } = event.token;
      return { event: event.type, ...callerFields(event), type, target: formatEndpoint(endpoint), instance, user };
    }
    case "token_issued":
      return { event: event.type, ...callerFields(event), ...grantFields(event.token) };
    case "revocation_requested":
      return { event: event.type, ...callerFields(event), token_id: event.tokenId };
    case "token_revoked":
      return { event: event.type, ...callerFields(event), token_id: event.tokenId, sessions: event.sessions };
    case "end_requested":
      return { event: event.type, ...callerFields(event), selection: event.selection };
    case "sessions_ended":
      return { event: event.type, ...callerFields(event), selection: event.selection, sessions: event.sessions };
    case "extension_requested":
    case "session_extended":
      return {
        event: event.type,
        ...callerFields(event),
        session: event.sessionId,
        expires_at: isoTime(event.expiresAt),
      };
    case "lock_requested":
    case "lifted":
      return { event: event.type, ...callerFields(event), ...lockFields(event.lock) };
    case "locked":
      return { event: event.type, ...callerFields(event), ...lockFields(event.lock), sessions: event.sessions };
    case "lift_requested":
      return { event: event.type, ...callerFields(event), lock_id: event.lockId };
    case "admin_called": {
      const { method, path, status } = event;
      return { event: event.type, ...callerFields(event), method, path: path.slice(0, MAX_PATH), status };
    }
    case "admin_refused":
      return { event: event.type, client: event.clientAddress, status: event.status };
  }
}

function callerFields({ actor }: { readonly actor: Actor }): AuditFields {
  return { actor: actor.name, client: actor.address };
}

function lockFields({ subject, value, message }: LockInfo): AuditFields {
  return { subject, value, message };
}

function sessionFields({ id, clientAddress, clientCertificate, grant, expiresAt }: SessionInfo): AuditFields {
  return {
    session: id,
    client: clientAddress,
    certificate: clientCertificate,
    ...(grant && grantFields(grant)),
    expires_at: expiresAt === null ? undefined : isoTime(expiresAt),
  };
}

function grantFields({ tokenId, type, endpoint, instance, user, access, expiresAt }: GrantInfo): AuditFields {
  const target = formatEndpoint(endpoint);
  const expires = expiresAt === undefined ? undefined : isoTime(expiresAt);
  return { token_id: tokenId, type, target, instance, user, access, expires_at: expires };
}

function endFields({ session, end }: Extract<GatewayEvent, { type: "session_ended" }>): AuditFields {
  return {
    reason: end.reason,
    detail: end.detail,
    late_ms: end.lateMs === undefined ? undefined : rounded(end.lateMs),
    duration_ms: Math.round(session.ageMs),
    bytes_to_client: session.bytes.toClient,
    bytes_to_target: session.bytes.toTarget,
  };
}

function isoTime(milliseconds: number): string | undefined {
  const date = new Date(milliseconds);
  // A token may name a time that has no date.
  return Number.isNaN(date.getTime()) ? undefined : date.toISOString();
}

function rounded(milliseconds: number): number {
  return Math.round(milliseconds * 1000) / 1000;
}
