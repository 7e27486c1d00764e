import { pino, type DestinationStream, type Logger } from "pino";
import { formatEndpoint } from "../net/endpoint.ts";
import { printable } from "../printable.ts";
import { forJournal, isJournal } from "./journal.ts";
import { countDroppedLogLines, LogDestination } from "./log-destination.ts";
import type { SessionInfo } from "./session-info.ts";
import type { SyslogFormat } from "./syslog/message.ts";
import { Syslog, type SyslogFacility, type SyslogOptions } from "./syslog/syslog.ts";

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
  return pino(options, destination ?? open(2, false));
}

/** Shared by all gateways of a process: two writers would mix their lines. */
const destinations = new Map<number | string, LogDestination>();

/** Where the log goes, as configured. */
export interface LogTarget {
  /** The file that lines are appended to; null for standard error. */
  readonly file: string | null;
  /** Where they are sent as well, as in {@link SyslogOptions}; null for nowhere. */
  readonly syslog: string | null;
  readonly syslog_facility: SyslogFacility;
  readonly syslog_format: SyslogFormat;
}

/**
 * Opens where the log goes.
 *
 * @param shared - as for {@link LogDestination}.
 * @throws Error naming the file that cannot be opened.
 */
export function openLog(target: LogTarget, shared = false): DestinationStream {
  const { syslog: server, syslog_facility: facility, syslog_format: format } = target;
  const log = open(target.file ?? 2, shared);
  if (server === null) return log;
  const syslog = openSyslog({ server, facility, format }, log);
  return {
    write: (line) => {
      log.write(line);
      syslog.write(line);
    },
  };
}

function open(target: number | string, shared: boolean): LogDestination {
  const opened = destinations.get(target);
  if (opened !== undefined) return opened;
  try {
    const format = typeof target === "number" && isJournal(target) ? { format: forJournal } : {};
    const made = new LogDestination(target, { shared, ...format });
    destinations.set(target, made);
    return made;
  } catch (cause) {
    throw new Error(`log.file: ${target} cannot be opened: ${(cause as NodeJS.ErrnoException).code}`, { cause });
  }
}

const syslogs = new Map<string, Syslog>();

/** @param log - where its failures are told. */
function openSyslog(options: SyslogOptions, log: DestinationStream): Syslog {
  const tell = (fields: object, msg: string): void => {
    log.write(`${JSON.stringify({ level: "warn", time: new Date().toISOString(), ...fields, msg })}\n`);
  };
  const opened =
    syslogs.get(options.server) ??
    new Syslog(options, {
      failed: ({ message }) => tell({ server: options.server, err: { message } }, "log lines cannot be sent to syslog"),
      resumed: (lines) => tell({ server: options.server, lines }, "log lines are sent to syslog again; some were lost"),
      dropped: () => countDroppedLogLines(1),
    });
  syslogs.set(options.server, opened);
  return opened;
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
