import { pino, type DestinationStream, type Logger } from "pino";
import type { LogLevel } from "../config/config.ts";
import { formatAddress } from "../config/address.ts";
import type { Session } from "../sessions/session.ts";
import { LogDestination } from "./log-destination.ts";

export type { Logger };

/**
 * The gateway's log, one JSON object a line. Tokens and URLs with queries are never passed to it.
 *
 * error: the gateway failed, somebody should look; warn: it goes on, but something is wrong outside;
 * info: a session began or ended, an operator acted; debug: what a developer wants on top.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
  };
  return pino(options, destination ?? (standardError ??= new LogDestination(2)));
}

/** One for all gateways of a process: two writers would tear each other's lines. */
let standardError: LogDestination | undefined;

/** What the log says about a session, in each of its lines. */
export function sessionFields(session: Session): Record<string, unknown> {
  const { grant } = session;
  return {
    session: session.id,
    client: session.client.address,
    ...(grant && {
      token_id: grant.tokenId,
      type: grant.type,
      target: formatAddress(grant.target),
      instance: grant.instance,
    }),
  };
}
