import { pino, type DestinationStream, type Logger } from "pino";
import { formatEndpoint } from "../net/endpoint.ts";
import { printable } from "../printable.ts";
import { LogDestination } from "./log-destination.ts";
import type { SessionInfo } from "./session-info.ts";

export type { Logger };

/** The lowest level that is logged, named as in pino. */
export type LogLevel = "trace" | "debug" | "info" | "warn" | "error" | "silent";

/**
 * The gateway's log, one JSON object per line. Tokens and URLs with queries are never passed to it.
 *
 * error: the gateway failed and needs attention; warn: the gateway works, but something outside it does not;
 * info: a session started or ended, or an administrator did something; debug: details for developers.
 */
export function createLogger(level: LogLevel, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label: string) => ({ level: label }) },
    // JSON escapes control characters of ASCII only; a log is read in terminals, too.
    hooks: { streamWrite: (line: string) => `${printable(line.slice(0, -1))}\n` },
  };
  return pino(options, destination ?? openLog({ file: null }));
}

/** Shared by all gateways of a process: two writers would mix their lines. */
const destinations = new Map<number | string, LogDestination>();

/** Where the log goes, as configured. */
export interface LogTarget {
  /** The file that lines are appended to; null for standard error. */
  readonly file: string | null;
}

/**
 * Opens where the log goes.
 *
 * @param shared - as for {@link LogDestination}.
 * @throws Error naming the file that cannot be opened.
 */
export function openLog({ file }: LogTarget, shared = false): LogDestination {
  const target = file ?? 2;
  const opened = destinations.get(target) ?? open(target, shared);
  destinations.set(target, opened);
  return opened;
}

function open(target: number | string, shared: boolean): LogDestination {
  try {
    return new LogDestination(target, { shared });
  } catch (cause) {
    throw new Error(`log.file: ${target} cannot be opened: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
}

/**
 * Logs what a source or an observer threw. Never throws: an error with a getter that throws, or with a very long chain
 * of causes, cannot be written, and a line without it takes its place.
 */
export function logError(
  log: Logger,
  { level, error, ...fields }: { level: "warn" | "error"; error: unknown; [field: string]: unknown },
  message: string,
): void {
  try {
    log[level]({ ...fields, err: error }, message);
  } catch {
    try {
      log[level]({ ...fields, err: { message: "the error cannot be logged" } }, message);
    } catch {
      // The log itself has failed.
    }
  }
}

/** The fields of every log line about a session. */
export function sessionFields(session: SessionInfo): Record<string, unknown> {
  const { grant } = session;
  return {
    session: session.id,
    client: session.clientAddress,
    certificate: session.clientCertificate,
    ...(grant && {
      token_id: grant.tokenId,
      type: grant.type,
      target: formatEndpoint(grant.endpoint),
      instance: grant.instance,
      user: grant.user,
    }),
  };
}
