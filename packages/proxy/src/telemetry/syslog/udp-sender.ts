import { createSocket, type Socket } from "node:dgram";
import { lookup } from "node:dns/promises";
import { once } from "node:events";
import type { Address } from "../../net/address.ts";
import type { SyslogFormat, SyslogMessage, SyslogSender, SyslogSource } from "./message.ts";

/** How long the address of a name is used, in milliseconds. */
const LOOKUP_MS = 60_000;

/** The largest message, in bytes, that most servers take; RFC 5424, section 6.1, asks for 2048. */
const MAX_MESSAGE = 8192;

/** Sends each message as a datagram (RFC 5426). A datagram that is lost on the way is not reported. */
export class UdpSender implements SyslogSender {
  readonly #address: Address;
  readonly #format: SyslogFormat;
  readonly #source: SyslogSource;
  #socket: Socket | undefined;
  #openedAt = -Infinity;

  constructor(address: Address, format: SyslogFormat, source: SyslogSource) {
    this.#address = address;
    this.#format = format;
    this.#source = source;
  }

  async send(message: SyslogMessage): Promise<void> {
    const socket = await this.#open();
    const bytes = Buffer.from(this.#head(message) + message.text).subarray(0, MAX_MESSAGE);
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    socket.send(bytes, (error) => (error ? reject(error) : resolve()));
    await promise;
  }

  #head({ priority, time }: SyslogMessage): string {
    const { name, pid, host } = this.#source;
    return this.#format === "rfc5424"
      ? `<${priority}>1 ${time} ${host} ${name} ${pid} - - `
      : `<${priority}>${name}[${pid}]: `;
  }

  async #open(): Promise<Socket> {
    if (this.#socket !== undefined && performance.now() < this.#openedAt + LOOKUP_MS) return this.#socket;
    const { address, family } = await lookup(this.#address.host);
    const socket = createSocket(family === 6 ? "udp6" : "udp4").unref();
    // A server that is away answers by ICMP; the next message is tried even so.
    socket.on("error", ignore);
    try {
      socket.connect(this.#address.port, address);
      await once(socket, "connect");
    } catch (error) {
      // Such as for want of a route: it is tried again every few seconds, each time with another socket.
      socket.close();
      throw error;
    }
    this.#socket?.close();
    this.#socket = socket;
    this.#openedAt = performance.now();
    return socket;
  }
}

function ignore(): void {}
