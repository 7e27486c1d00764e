import { TOKEN_SUBPROTOCOL_PREFIX } from "@curfew/protocol";
import type { LogLevel, LogSink } from "./options.ts";
import { report } from "./report.ts";

const REDACTED = "[redacted]";
/** Answers of `authorize()` and tokens for renewing whose secrets are remembered: the newest. */
const REMEMBERED = 4;
const carriers = [
  // Query strings and fragments of URLs.
  [/([a-z][a-z0-9+.-]*:\/\/[^\s"'?#]*)[?#][^\s"']*/gi, `$1?${REDACTED}`],
  [/\btoken=[^\s"'&]+/gi, `token=${REDACTED}`],
  [new RegExp(`${TOKEN_SUBPROTOCOL_PREFIX.replaceAll(".", "\\.")}[\\w-]+`, "g"), TOKEN_SUBPROTOCOL_PREFIX + REDACTED],
] as const;

/** Takes query strings, token parameters and the known `secrets` out of a text. */
export function redact(text: string, secrets: Iterable<string> = []): string {
  let clean = text;
  for (const secret of secrets) clean = clean.replaceAll(secret, REDACTED);
  for (const [pattern, replacement] of carriers) clean = clean.replace(pattern, replacement);
  return clean;
}

/** Writes through `sink`, redacting every string first. A sink that throws is reported and stops nothing. */
export class Log {
  readonly #sink: LogSink;
  readonly #secrets: string[][] = [];

  constructor(sink: LogSink = consoleSink) {
    this.#sink = sink;
  }

  /**
   * Remembers values that must not appear in any line, whatever text they come in, until four later
   * calls replaced them. What is too short for a secret is not taken, so that ordinary words stay
   * readable.
   */
  hide(...secrets: string[]): void {
    this.#secrets.push(secrets.filter((secret) => secret.length >= 8));
    if (this.#secrets.length > REMEMBERED) this.#secrets.shift();
  }

  /** A text that may be shown: what is known to be secret is taken out. */
  clean(text: string): string {
    return redact(text, this.#secrets.flat());
  }

  write(level: LogLevel, message: string, context: Readonly<Record<string, unknown>> = {}): void {
    const clean = Object.fromEntries(
      Object.entries(context).map(([key, value]) => [key, typeof value === "string" ? this.clean(value) : value]),
    );
    try {
      this.#sink(level, this.clean(message), clean);
    } catch (error) {
      report(error);
    }
  }
}

const consoleSink: LogSink = (level, message, context) => {
  if (level === "warn" || level === "error") globalThis.console[level](`curfew: ${message}`, context);
};
