import type { HandshakeEvents, TargetWatch } from "../identified-channel.ts";
import { ChannelType, LINK_HEADER_BYTES, type LinkMessage, linkMessageBytes, readLinkReply } from "./link-message.ts";
import { messageHeaderBytes, readMessageHeader } from "./message-header.ts";

/** `SPICE_MSG_MAIN_INIT`, which begins with the session's number. */
const MAIN_INIT = 103;
const NUMBER_BYTES = 4;

/** What follows the server's reply to the link message: its verdict on the ticket. */
const RESULT_BYTES = 4;

/** How much of what the server sends first is searched, in bytes. */
const MAX_SEARCHED_BYTES = 64 * 1024;

const NOTHING = Buffer.alloc(0);

/**
 * Watches a server complete the handshake of a channel: its reply to the link message, its verdict on the ticket, and on
 * the main channel the number that it gives the session, in `SPICE_MSG_MAIN_INIT`, which is its first message or nearly
 * so. No channel can join a session whose number is not found.
 */
export class HandshakeWatch implements TargetWatch {
  readonly #link: Pick<LinkMessage, "channelType" | "hasMiniHeader">;
  readonly #events: HandshakeEvents;
  /** What has not been read yet; undefined once the handshake is over. */
  #unread: Buffer | undefined = NOTHING;
  #searched = 0;
  /** Whether messages have short headers; undefined until the server has replied. */
  #isMini: boolean | undefined;

  /** @param link - what the client said. */
  constructor(link: Pick<LinkMessage, "channelType" | "hasMiniHeader">, events: HandshakeEvents) {
    this.#link = link;
    this.#events = events;
  }

  take(bytes: Buffer): undefined {
    if (this.#unread === undefined) return;
    this.#searched += bytes.length;
    if (this.#searched > MAX_SEARCHED_BYTES) return this.end();
    this.#unread = Buffer.concat([this.#unread, bytes]);
    try {
      while (this.#unread !== undefined && this.#readNext(this.#unread));
    } catch {
      // Not SPICE: what the client makes of it is its own affair.
      this.end();
    }
  }

  end(): undefined {
    if (this.#unread === undefined) return;
    this.#unread = undefined;
    this.#events.onOver();
  }

  /** @returns whether to go on with what is left; if not, there has to be more. */
  #readNext(unread: Buffer): boolean {
    return this.#isMini === undefined ? this.#readReply(unread) : this.#readMessage(unread, this.#isMini);
  }

  #readReply(unread: Buffer): boolean {
    if (unread.length < LINK_HEADER_BYTES) return false;
    const end = linkMessageBytes(unread);
    if (unread.length < end + RESULT_BYTES) return false;
    if (this.#link.channelType !== ChannelType.main) {
      this.end();
      return false;
    }
    this.#isMini = this.#link.hasMiniHeader && readLinkReply(unread.subarray(LINK_HEADER_BYTES, end)).hasMiniHeader;
    this.#unread = unread.subarray(end + RESULT_BYTES);
    return true;
  }

  #readMessage(unread: Buffer, isMini: boolean): boolean {
    const start = messageHeaderBytes(isMini);
    if (unread.length < start) return false;
    const { type, bytes } = readMessageHeader(unread, isMini);
    if (unread.length < start + bytes) return false;
    this.#unread = unread.subarray(start + bytes);
    if (type !== MAIN_INIT || bytes < NUMBER_BYTES) return true;
    this.#events.onNumber(unread.readUInt32LE(start));
    this.end();
    return false;
  }
}
