import type { SessionEvents } from "../sessions/session.ts";
import { type Logger, sessionFields } from "./log.ts";
import type { Metrics } from "./metrics.ts";

/** Writes what becomes of each session into the log and the metrics. */
export function sessionObserver(log: Logger, metrics: Metrics): SessionEvents {
  return {
    opened(session, handshakeMs) {
      metrics.opened(handshakeMs);
      const expires_at = session.expiresAt === null ? null : new Date(session.expiresAt).toISOString();
      log.info({ ...sessionFields(session), expires_at }, "session opened");
    },
    renewed(session) {
      metrics.renewed();
      const expires_at = session.expiresAt === null ? null : new Date(session.expiresAt).toISOString();
      log.info({ ...sessionFields(session), expires_at }, "session renewed");
    },
    ended(session, reason, detail, lateMs) {
      const { bytes } = session;
      metrics.ended(reason, bytes, lateMs);
      log.info(
        {
          ...sessionFields(session),
          reason,
          detail,
          late_ms: lateMs === undefined ? undefined : Math.round(lateMs * 1000) / 1000,
          duration_ms: Date.now() - session.startedAt,
          bytes_to_client: bytes.toClient,
          bytes_to_target: bytes.toTarget,
        },
        "session ended",
      );
    },
    closed() {},
  };
}
