import { inspect } from "node:util";
import type { EndReason } from "../end-reason.ts";
import { type Logger, sessionFields } from "./log.ts";
import type { Metrics } from "./metrics.ts";
import type { SessionInfo, SessionObserver } from "./session-observer.ts";

/** Writes what happens to each session to the log and the metrics. */
export function sessionObserver(log: Logger, metrics: Metrics): SessionObserver {
  return {
    opened(session, handshakeMs) {
      metrics.opened(handshakeMs);
      log.info({ ...sessionFields(session), expires_at: expiry(session) }, "session opened");
    },
    renewed(session) {
      metrics.renewed();
      log.info({ ...sessionFields(session), expires_at: expiry(session) }, "session renewed");
    },
    renewalRefused(session, { reason, message, cause }) {
      log[level(reason)](
        { ...sessionFields(session), reason, detail: message, cause: words(cause) },
        "renewal refused",
      );
    },
    ended(session, { reason, detail, cause, lateMs }) {
      const { bytes } = session;
      metrics.ended(reason, bytes, lateMs);
      log[level(reason)](
        {
          ...sessionFields(session),
          reason,
          detail,
          cause: words(cause),
          late_ms: lateMs === undefined ? undefined : Math.round(lateMs * 1000) / 1000,
          duration_ms: Math.round(session.ageMs),
          bytes_to_client: bytes.toClient,
          bytes_to_target: bytes.toTarget,
        },
        "session ended",
      );
    },
  };
}

/** A fault of the gateway is an error and one of its token source a warning; every other end is routine. */
function level(reason: EndReason): "error" | "warn" | "info" {
  if (reason === "internal_error") return "error";
  return reason === "server_busy" ? "warn" : "info";
}

function expiry({ expiresAt }: SessionInfo): string | null {
  return expiresAt === null ? null : new Date(expiresAt).toISOString();
}

function words(cause: unknown): string | undefined {
  if (cause === undefined) return undefined;
  if (cause instanceof Error) return cause.stack ?? cause.message;
  return typeof cause === "string" ? cause : inspect(cause);
}
