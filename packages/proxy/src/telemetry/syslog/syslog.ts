import { hostname } from "node:os";
import { parseAddress } from "../../net/address.ts";
import type { SyslogFormat, SyslogMessage, SyslogSender, SyslogSource } from "./message.ts";

/** What kind of program sends a line (RFC 5424, section 6.2.1). */
export type SyslogFacility =
  | "user"
  | "daemon"
  | "local0"
  | "local1"
  | "local2"
  | "local3"
  | "local4"
  | "local5"
  | "local6"
  | "local7";

/** Their numbers. */
export const FACILITIES: Readonly<Record<SyslogFacility, number>> = {
  user: 1,
  daemon: 3,
  local0: 16,
  local1: 17,
  local2: 18,
  local3: 19,
  local4: 20,
  local5: 21,
  local6: 22,
  local7: 23,
};

/** Where and how log lines are sent. */
export interface SyslogOptions {
  /** `host:port` of a server that takes UDP, or the path of a Unix socket such as `/dev/log`. */
  readonly server: string;
  readonly facility: SyslogFacility;
  readonly format: SyslogFormat;
}

/** How many characters may wait for the server; what comes then is lost. */
const MAX_WAITING = 1024 * 1024;

/** How long after a failure lines are dropped before the next is tried, in milliseconds. */
const RETRY_MS = 5000;

/** Severities by level (RFC 5424, section 6.2.1). */
const SEVERITIES: Readonly<Record<string, number>> = { error: 3, warn: 4, info: 6, debug: 7, trace: 7 };
const INFO = 6;

/** What {@link Syslog} tells. */
export interface SyslogEvents {
  /** From now on lines are lost. */
  readonly failed: (error: Error) => void;
  /** Lines reach the server again. @param lost - how many did not. */
  readonly resumed: (lost: number) => void;
  /** One more line is lost. */
  readonly dropped: () => void;
}

/** Sends log lines to syslog. Never waits for it: lines that cannot be sent are dropped, counted and reported. */
export class Syslog {
  readonly #openSender: () => Promise<SyslogSender>;
  #sender: SyslogSender | undefined;
  readonly #facility: number;
  readonly #events: SyslogEvents;
  readonly #waiting: string[] = [];
  #length = 0;
  #isSending = false;
  /** When sending failed last, on the monotonic clock; undefined while it works. */
  #failedAt: number | undefined;
  #lost = 0;

  /** @param sender - test seam. */
  constructor(options: SyslogOptions, events: SyslogEvents, sender?: SyslogSender) {
    this.#facility = FACILITIES[options.facility];
    this.#events = events;
    this.#openSender = async () => sender ?? (await openSender(options, (error) => this.#fail(error, 0)));
  }

  /** Queues a line of JSON, which includes its line feed. */
  write(line: string): void {
    const waits = this.#failedAt !== undefined && performance.now() < this.#failedAt + RETRY_MS;
    if (waits || this.#length + line.length > MAX_WAITING) return this.#drop(1);
    this.#waiting.push(line);
    this.#length += line.length;
    if (!this.#isSending) void this.#send();
  }

  async #send(): Promise<void> {
    this.#isSending = true;
    try {
      this.#sender ??= await this.#openSender();
      for (let line = this.#waiting.shift(); line !== undefined; line = this.#waiting.shift()) {
        this.#length -= line.length;
        await this.#sender.send(toMessage(line, this.#facility));
        if (this.#failedAt !== undefined) this.#resume();
      }
    } catch (error) {
      // The line that failed, and those behind it.
      this.#fail(error as Error, 1 + this.#waiting.splice(0).length);
      this.#length = 0;
    }
    this.#isSending = false;
  }

  #fail(error: Error, lost: number): void {
    const isFirst = this.#failedAt === undefined;
    this.#failedAt = performance.now();
    this.#drop(lost);
    if (isFirst) this.#events.failed(error);
  }

  #resume(): void {
    this.#failedAt = undefined;
    this.#events.resumed(this.#lost);
    this.#lost = 0;
  }

  #drop(count: number): void {
    this.#lost += count;
    for (let each = 0; each < count; each += 1) this.#events.dropped();
  }
}

/** @throws TypeError naming the value and what was expected. */
export function checkSyslogServer(server: string): void {
  if (!isPath(server)) parseAddress(server);
  // `unix:/dev/log` would be a file in the folder `unix:`.
  else if (/^\w+:/.test(server)) throw new Error("expected host:port, or a path such as /dev/log");
}

function isPath(server: string): boolean {
  return server.includes("/");
}

/** Loaded only where it is used. */
async function openSender({ server, format }: SyslogOptions, ended: (error: Error) => void): Promise<SyslogSender> {
  const source: SyslogSource = { name: "curfew", pid: process.pid, host: printableAscii(hostname()) };
  if (isPath(server)) {
    const { LoggerProgram } = await import("./logger-program.ts");
    return new LoggerProgram(server, format, source, ended);
  }
  const { UdpSender } = await import("./udp-sender.ts");
  return new UdpSender(parseAddress(server), format, source);
}

/** PRINTUSASCII of RFC 5424, section 6. */
function printableAscii(text: string): string {
  return text.replaceAll(/[^!-~]/g, "-") || "-";
}

function toMessage(line: string, facility: number): SyslogMessage {
  const [, level = "", time = "-"] = /^\{"level":"(\w+)","time":"([^"]*)"/.exec(line) ?? [];
  return { priority: facility * 8 + (SEVERITIES[level] ?? INFO), time, text: line.trimEnd() };
}
