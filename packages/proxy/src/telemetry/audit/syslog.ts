import { connect, type Socket } from "node:net";
import { hostname } from "node:os";
import { type Address, parseAddress } from "../../net/address.ts";
import type { AuditTarget } from "./target.ts";

/** Facility 13, log audit, and severity 6, informational (RFC 5424, section 6.2.1). */
const PRIORITY = 13 * 8 + 6;

/** How long a server may take to accept the connection, in milliseconds. */
const CONNECT_MS = 4000;

/** How long it may take nothing, in milliseconds. Without an end, a connection that is dead lasts for a quarter of an hour. */
const STALLED_MS = 10_000;

const PREFIX = "syslog://";

/**
 * Where the server of `syslog://host:port` is; undefined for a file and standard output.
 *
 * @throws TypeError naming the value and what was expected.
 */
export function syslogServer(path: string): Address | undefined {
  if (!path.startsWith(PREFIX)) return undefined;
  try {
    return parseAddress(path.slice(PREFIX.length));
  } catch (cause) {
    throw new TypeError(`expected syslog://host:port, but got ${JSON.stringify(path)}`, { cause });
  }
}

/**
 * A syslog server: each line is a message (RFC 5424) on one TCP connection, with its length in front (RFC 6587, section
 * 3.4.1). The server confirms nothing: what was on its way when the connection broke is lost without a word.
 */
export class AuditSyslog implements AuditTarget {
  readonly atOnce: number = 64 * 1024;
  readonly #address: Address;
  readonly #header: string;
  readonly #stalledMs: number;
  #socket: Socket | undefined;

  /** @param stalledMs - test seam. */
  constructor(address: Address, stalledMs: number = STALLED_MS) {
    this.#address = address;
    this.#stalledMs = stalledMs;
    // PRINTUSASCII
    const host = hostname().replaceAll(/[^!-~]/g, "-") || "-";
    this.#header = `${host} curfew ${process.pid} audit -`;
  }

  async prepare(): Promise<void> {
    if (this.#socket?.writable === true) return;
    this.#socket?.destroy();
    const socket = connect(this.#address);
    this.#socket = socket;
    const connected = Promise.withResolvers<void>();
    const timer = setTimeout(() => socket.destroy(new Error(`no answer within ${CONNECT_MS} ms`)), CONNECT_MS);
    // Stays: an error between two writes is noticed by the next one.
    socket.on("error", connected.reject);
    socket.once("connect", connected.resolve);
    // It sends nothing; read, so that its end is noticed.
    socket.resume().setKeepAlive(true, CONNECT_MS).unref();
    await connected.promise.finally(() => clearTimeout(timer));
  }

  async write(bytes: Buffer, offset: number): Promise<number> {
    const lines = bytes.toString("utf8", offset).split("\n");
    const messages = lines.filter((line) => line !== "").map((line) => this.#message(line));
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const socket = this.#socket;
    if (socket === undefined) throw new Error("there is no connection to the syslog server");
    // What it has taken of these lines it gets again, with the same numbers.
    const timer = setTimeout(() => {
      reject(new Error(`the syslog server took nothing for ${this.#stalledMs} ms`));
      socket.destroy();
    }, this.#stalledMs);
    socket.write(messages.join(""), (error) => (error ? reject(error) : resolve()));
    await promise.finally(() => clearTimeout(timer));
    return bytes.length - offset;
  }

  async sync(): Promise<void> {}

  async close(): Promise<void> {
    const socket = this.#socket;
    this.#socket = undefined;
    if (socket?.writable === true) await new Promise<void>((resolve) => socket.ref().end(resolve));
    socket?.destroy();
  }

  abandon(): void {
    this.#socket?.destroy();
  }

  #message(line: string): string {
    const [, time = "-"] = /"time":"([^"]*)"/.exec(line) ?? [];
    const message = `<${PRIORITY}>1 ${time} ${this.#header} ${line}`;
    return `${Buffer.byteLength(message)} ${message}`;
  }
}
