/** How a line is written: as in RFC 5424, or in RFC 3164 as the C library does, without a time and a host. */
export type SyslogFormat = "rfc5424" | "rfc3164";

/** Sends messages to a syslog server, one after the other. */
export interface SyslogSender {
  /** @throws Error when the message is lost. */
  send(message: SyslogMessage): Promise<void>;
}

/** One log line. */
export interface SyslogMessage {
  /** Facility and severity (RFC 5424, section 6.2.1). */
  readonly priority: number;
  /** Of the line, in RFC 3339 form. */
  readonly time: string;
  readonly text: string;
}

/** What the server is told. */
export interface SyslogSource {
  readonly name: string;
  readonly pid: number;
  readonly host: string;
}
