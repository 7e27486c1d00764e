import { fstatSync } from "node:fs";

/** Priorities of syslog(3), by pino's names of levels. */
const PRIORITIES: Readonly<Record<string, number>> = { trace: 7, debug: 7, info: 6, warn: 4, error: 3, fatal: 2 };

/** What pino begins each line with. */
const BEGINNING = /^\{"level":"(\w+)","time":"[^"]*"/;

/**
 * Whether what is written to a descriptor goes to the journal of systemd (`$JOURNAL_STREAM` in systemd.exec(5)).
 *
 * @param stream - value of that variable; it is inherited where the descriptor is not.
 */
export function isJournal(fd: number, stream: string | undefined = process.env["JOURNAL_STREAM"]): boolean {
  if (stream === undefined) return false;
  try {
    const { dev, ino } = fstatSync(fd, { bigint: true });
    return stream === `${dev}:${ino}`;
  } catch {
    return false;
  }
}

/** Text of one line as the journal takes it: with its priority in front (sd-daemon(3)). */
export function withPriority(level: string, line: string): string {
  return `<${PRIORITIES[level] ?? PRIORITIES["info"]}>${line}`;
}

/** A line of the log as the journal takes it: with its priority, and without its time, which the journal has. */
export function forJournal(line: string): string {
  const [beginning, level] = BEGINNING.exec(line) ?? [];
  if (beginning === undefined || level === undefined) return line;
  return withPriority(level, `{"level":"${level}"${line.slice(beginning.length)}`);
}
