import { EndError } from "../end-reason.ts";
import type { RelayedBytes } from "../telemetry/session-info.ts";
import type { Channel } from "./channel.ts";
import type { PublicEnd } from "./control-messages.ts";

/**
 * How many channels a session may have at once. SPICE has about ten; USB redirection and several screens add a few.
 */
const MAX_CHANNELS = 32;

/** The channels of one session: the one that began it, and those that joined it. */
export class Channels implements Iterable<Channel> {
  #all: readonly Channel[];
  /** What channels passed that are gone. */
  #gone: RelayedBytes | undefined;

  constructor(first: Channel) {
    this.#all = [first];
  }

  get all(): readonly Channel[] {
    return this.#all;
  }

  get bytes(): RelayedBytes {
    const sum = { toClient: 0, toTarget: 0, ...this.#gone };
    for (const { bytes } of this.#all) addTo(sum, bytes);
    return sum;
  }

  [Symbol.iterator](): Iterator<Channel> {
    return this.#all[Symbol.iterator]();
  }

  /** Whether a channel began the session. Its end is the session's. */
  isFirst(channel: Channel): boolean {
    return this.#all[0] === channel;
  }

  /**
   * Takes over the only channel of another session.
   *
   * @throws EndError `server_busy` when there are too many already.
   */
  adopt(other: Channels): Channel {
    const [channel] = other.#all;
    if (channel === undefined) throw new TypeError("the channel belongs to another session already");
    if (this.#all.length >= MAX_CHANNELS) {
      throw new EndError("server_busy", `a session has ${MAX_CHANNELS} channels at most`);
    }
    other.#all = [];
    this.#all = [...this.#all, channel];
    return channel;
  }

  /** Forgets the channels that joined the session and whose sockets are gone. */
  forgetClosed(): void {
    if (this.#all.length < 2) return;
    const sum = { toClient: 0, toTarget: 0, ...this.#gone };
    this.#all = this.#all.filter((channel) => {
      const isKept = !channel.isClosed || this.isFirst(channel);
      if (!isKept) addTo(sum, channel.bytes);
      return isKept;
    });
    this.#gone = sum;
  }

  stop(): void {
    for (const channel of this.#all) channel.stop();
  }

  closeTargets(flushMs: number): void {
    for (const channel of this.#all) channel.closeTarget(flushMs);
  }

  closeClients(end: PublicEnd, leftMs: number): void {
    for (const channel of this.#all) channel.closeClient(end, leftMs);
  }
}

function addTo(sum: { toClient: number; toTarget: number }, bytes: RelayedBytes): void {
  sum.toClient += bytes.toClient;
  sum.toTarget += bytes.toTarget;
}
