import { TOKEN_SUBPROTOCOL_PREFIX } from "@curfew/protocol";
import { reportError } from "../util/report-error.ts";
import type { LogLevel, LogSink } from "./model/options.ts";

const REDACTED = "[redacted]";
/** How many calls of {@link Log.rememberSecrets} are remembered: the newest. */
const REMEMBERED_CALLS = 4;
/** Shorter values are not secrets. Redacting them would make ordinary words unreadable. */
const MIN_SECRET_LENGTH = 8;
const SECRET_PATTERNS = [
  // Query strings and fragments of URLs.
  [/([a-z][a-z0-9+.-]*:\/\/[^\s"'?#]*)[?#][^\s"']*/gi, `$1?${REDACTED}`],
  [/\btoken=[^\s"'&]+/gi, `token=${REDACTED}`],
  [new RegExp(`${TOKEN_SUBPROTOCOL_PREFIX.replaceAll(".", "\\.")}[\\w-]+`, "g"), TOKEN_SUBPROTOCOL_PREFIX + REDACTED],
] as const;

/** Removes query strings, token parameters and the known `secrets` from a text. */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, REDACTED);
  for (const [pattern, replacement] of SECRET_PATTERNS) clean = clean.replace(pattern, replacement);
  return clean;
}

/** Writes to a {@link LogSink} and redacts every string first. Errors that the sink throws are reported. */
export class Log {
  readonly #sink: LogSink;
  readonly #secrets: string[][] = [];

  constructor(sink: LogSink = consoleSink) {
    this.#sink = sink;
  }

  /** Redacts these values in every later line, until four more calls have replaced them. */
  rememberSecrets(...secrets: string[]): void {
    this.#secrets.push(secrets.filter((secret) => secret.length >= MIN_SECRET_LENGTH));
    if (this.#secrets.length > REMEMBERED_CALLS) this.#secrets.shift();
  }

  /** The text without known secrets. */
  redact(text: string): string {
    return redact(text, this.#secrets.flat());
  }

  write(level: LogLevel, message: string, context: Readonly<Record<string, unknown>> = {}): void {
    const clean = Object.fromEntries(
      Object.entries(context).map(([key, value]) => [key, typeof value === "string" ? this.redact(value) : value]),
    );
    try {
      this.#sink(level, this.redact(message), clean);
    } catch (error) {
      reportError(error);
    }
  }
}

const consoleSink: LogSink = (level, message, context) => {
  if (level === "warn" || level === "error") globalThis.console[level](`curfew: ${message}`, context);
};
