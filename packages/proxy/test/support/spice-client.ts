import { encodeSpiceLink, encodeSpiceMessage, SpiceChannelType } from "@curfew/testing";
import { Client, type ClientOptions } from "./client.ts";

const LINK_HEADER_BYTES = 16;
const PUBLIC_KEY_AT = 4;
const PUBLIC_KEY_BYTES = 162;
const TICKET_BYTES = 128;
const RESULT_BYTES = 4;
const MINI_HEADER_BYTES = 6;
const MAIN_INIT = 103;

/** Authenticates with a ticket (`SPICE_COMMON_CAP_AUTH_SPICE`). */
const AUTH_SPICE = Buffer.from([1, 0, 0, 0]);

/** The channel to open. */
export interface SpiceChannelName {
  /** @defaultValue the main channel */
  readonly type?: keyof typeof SpiceChannelType;
  /** The session's number, on all channels but the main one. */
  readonly session?: number;
}

/** What to open, and how. */
export interface SpiceChannelOptions extends SpiceChannelName, ClientOptions {
  /** Encrypts the empty password. @defaultValue a fake server looks at none */
  readonly ticket?: (publicKey: Buffer) => Buffer;
}

/** What a client says first on a channel. */
export function linkMessage({ type = "main", session = 0 }: SpiceChannelName): Buffer {
  return encodeSpiceLink({ connectionId: session, channelType: SpiceChannelType[type], channelId: 0 });
}

/** A client that has sent `bytes`, by default nothing, and waits. */
export function sayFirst(host: string, token: string, bytes: Buffer = Buffer.alloc(0)): Client {
  const client = new Client(host, token, { protocols: ["binary"] });
  client.socket.once("open", () => client.socket.send(bytes));
  return client;
}

/** One channel of a SPICE client, as spice-html5 opens it. */
export class SpiceChannel extends Client {
  /** The session's number, as the main channel was told; 0 on others. */
  number = 0;

  /** Opens a channel, up to the server's acceptance of the ticket, and on the main channel up to the session's number. */
  static async open(host: string, token: string, options: SpiceChannelOptions = {}): Promise<SpiceChannel> {
    const { type = "main", session = 0, ticket = () => Buffer.alloc(TICKET_BYTES), ...rest } = options;
    const channel = new SpiceChannel(host, token, { protocols: ["binary"], ...rest });
    channel.socket.once("open", () => channel.socket.send(linkMessage({ type, session })));
    await channel.bytes(LINK_HEADER_BYTES);
    const end = LINK_HEADER_BYTES + channel.#read.readUInt32LE(12);
    await channel.bytes(end);
    const publicKey = channel.#read.subarray(LINK_HEADER_BYTES + PUBLIC_KEY_AT).subarray(0, PUBLIC_KEY_BYTES);
    channel.socket.send(Buffer.concat([AUTH_SPICE, ticket(publicKey)]));
    await channel.bytes(end + RESULT_BYTES);
    if (type === "main") await channel.#readNumber(end + RESULT_BYTES);
    return channel;
  }

  /** Sends a message. */
  say(type: number, body: Uint8Array): void {
    this.socket.send(encodeSpiceMessage(type, body));
  }

  /** What came so far. */
  get #read(): Buffer {
    return Buffer.concat(this.head);
  }

  async #readNumber(from: number): Promise<void> {
    for (let at = from; ;) {
      await this.bytes(at + MINI_HEADER_BYTES);
      const [type, bytes] = [this.#read.readUInt16LE(at), this.#read.readUInt32LE(at + 2)];
      at += MINI_HEADER_BYTES;
      await this.bytes(at + bytes);
      if (type === MAIN_INIT) this.number = this.#read.readUInt32LE(at);
      if (type === MAIN_INIT) return;
      at += bytes;
    }
  }
}

/** A whole client: the main channel, and some that joined it. */
export class SpiceViewer implements Disposable {
  readonly main: SpiceChannel;
  readonly display: SpiceChannel;
  readonly inputs: SpiceChannel;

  private constructor(main: SpiceChannel, display: SpiceChannel, inputs: SpiceChannel) {
    this.main = main;
    this.display = display;
    this.inputs = inputs;
  }

  static async open(
    host: string,
    token: string,
    options: Omit<SpiceChannelOptions, "type" | "session"> = {},
  ): Promise<SpiceViewer> {
    const main = await SpiceChannel.open(host, token, options);
    const { number: session } = main;
    const [display, inputs] = await Promise.all([
      SpiceChannel.open(host, token, { ...options, type: "display", session }),
      SpiceChannel.open(host, token, { ...options, type: "inputs", session }),
    ]);
    return new SpiceViewer(main, display, inputs);
  }

  get channels(): readonly SpiceChannel[] {
    return [this.main, this.display, this.inputs];
  }

  /** How each channel was closed. */
  async closed(): Promise<readonly { code: number; reason: string }[]> {
    return await Promise.all(this.channels.map(async ({ closed }) => await closed));
  }

  [Symbol.dispose](): void {
    for (const channel of this.channels) channel[Symbol.dispose]();
  }
}
