import { parseServerMessage } from "@curfew/protocol";
import { ConsoleChannel } from "../../connection/channel/channel.ts";

/** Callbacks of {@link SpiceChannels}. */
export interface SpiceChannelsOwner {
  /** A channel ended by itself, with the code and the reason of its close frame. */
  ended(channel: ConsoleChannel, code: number, reason: string): void;
  failed(detail: string): void;
}

/** The channels of a session besides the main one, each with a WebSocket of its own. */
export class SpiceChannels {
  readonly #open: () => WebSocket;
  readonly #owner: SpiceChannelsOwner;
  readonly #channels = new Set<ConsoleChannel>();
  bytesReceived = 0;
  bytesSent = 0;

  /** @param open - opens a socket with the same address and token as that of the main channel */
  constructor(open: () => WebSocket, owner: SpiceChannelsOwner) {
    this.#open = open;
    this.#owner = owner;
  }

  [Symbol.iterator](): Iterator<ConsoleChannel> {
    return this.#channels.values();
  }

  /** Opens one more channel. */
  add(): ConsoleChannel {
    let detail: string | undefined;
    const channel: ConsoleChannel = new ConsoleChannel(this.#open(), {
      opened: () => {},
      // The main channel carries warnings, renewals and signs of life for the whole session.
      control: (text) => {
        const parsed = parseServerMessage(text);
        if (parsed.ok === true && parsed.message.type === "bye") ({ detail } = parsed.message);
      },
      received: (bytes) => {
        this.bytesReceived += bytes;
      },
      sent: (bytes) => {
        this.bytesSent += bytes;
      },
      closed: (code, reason) => {
        if (this.#channels.delete(channel)) this.#owner.ended(channel, code, detail ?? reason);
      },
      viewerClosed: () => this.#close(channel),
      overflowed: () => this.#owner.failed("spice-html5 did not read a channel's output"),
      viewerThrew: (error) => this.#owner.failed(`spice-html5 failed on the console's output: ${String(error)}`),
    });
    this.#channels.add(channel);
    return channel;
  }

  /** Closes all of them. */
  closeAll(): void {
    for (const channel of this.#channels) this.#close(channel);
  }

  #close(channel: ConsoleChannel): void {
    this.#channels.delete(channel);
    channel.finish(1000, "");
  }
}
