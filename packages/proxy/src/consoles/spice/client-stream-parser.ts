import type { UserInput } from "../user-input.ts";
import { ChannelType, LINK_HEADER_BYTES, linkMessageBytes, readLinkMessage } from "./link-message.ts";
import { MAX_HEADER_BYTES, messageHeaderBytes, readMessageHeader } from "./message-header.ts";
import { AUTH_MECHANISM_BYTES, AUTH_SPICE, TICKET_BYTES } from "./ticket.ts";

/** Messages that the user causes (`SPICE_MSGC_INPUTS_*`): key down, up and scan code; motion, position and buttons. */
const INPUT_TYPES: ReadonlySet<number> = new Set([101, 102, 104, 111, 112, 113, 114]);

const NOTHING = Buffer.alloc(0);

type State = "link" | "auth" | "header" | "body" | "opaque" | "ignored";

/**
 * Finds the user's input in what a SPICE client sends on one channel: keys and the mouse on the inputs channel. What a
 * viewer sends by itself, such as acknowledgments, answers to pings and the state of the lock keys, is not input, and
 * neither is anything on other channels. Reads only the start of each message and keeps nothing of it.
 *
 * Where the client offers short message headers, the server counts as agreeing: SPICE servers do since 2011.
 */
export class SpiceClientStreamParser implements UserInput {
  #state: State = "link";
  /** The link message, as long as it is not complete. */
  #link: Buffer = NOTHING;
  /** The header of a message, or the number of the way to authenticate. */
  readonly #header = Buffer.alloc(MAX_HEADER_BYTES);
  #have = 0;
  /** Bytes of a message or a ticket that are still to come. */
  #left = 0;
  #hasMiniHeader = false;

  take(bytes: Uint8Array): boolean {
    let found = false;
    for (let at = 0; at < bytes.length;) {
      switch (this.#state) {
        case "ignored":
          return false;
        case "opaque":
          // A stream that cannot be parsed counts as input, so that an active user is never disconnected.
          return true;
        case "link":
          at += this.#takeLink(bytes.subarray(at));
          break;
        case "auth":
          this.#takeAuth(bytes[at++] ?? 0);
          break;
        case "header":
          if (this.#takeHeader(bytes[at++] ?? 0)) found = true;
          break;
        case "body":
          at += this.#skip(bytes.length - at);
      }
    }
    return found;
  }

  /** @returns how many of the bytes belong to the link message. */
  #takeLink(bytes: Uint8Array): number {
    const had = this.#link.length;
    this.#link = Buffer.concat([this.#link, bytes]);
    try {
      if (this.#link.length < LINK_HEADER_BYTES) return bytes.length;
      const end = linkMessageBytes(this.#link);
      if (this.#link.length < end) return bytes.length;
      const { channelType, selectsAuth, hasMiniHeader } = readLinkMessage(this.#link);
      this.#hasMiniHeader = hasMiniHeader;
      if (channelType !== ChannelType.inputs) this.#state = "ignored";
      else if (selectsAuth) this.#state = "auth";
      else this.#expect(TICKET_BYTES);
      this.#link = NOTHING;
      return end - had;
    } catch {
      this.#state = "opaque";
      return 0;
    }
  }

  #takeAuth(byte: number): void {
    if (!this.#collect(byte, AUTH_MECHANISM_BYTES)) return;
    // How long others take is not known.
    if (this.#header.readUInt32LE(0) === AUTH_SPICE) this.#expect(TICKET_BYTES);
    else this.#state = "opaque";
  }

  /** @returns whether a message of the user's begins with the header that is complete now. */
  #takeHeader(byte: number): boolean {
    if (!this.#collect(byte, messageHeaderBytes(this.#hasMiniHeader))) return false;
    const { type, bytes } = readMessageHeader(this.#header, this.#hasMiniHeader);
    this.#expect(bytes);
    return INPUT_TYPES.has(type);
  }

  /** @returns whether `length` bytes are in {@link #header} now. */
  #collect(byte: number, length: number): boolean {
    this.#header[this.#have] = byte;
    this.#have = (this.#have + 1) % length;
    return this.#have === 0;
  }

  /** The next `bytes` bytes do not matter. */
  #expect(bytes: number): void {
    this.#left = bytes;
    this.#state = bytes === 0 ? "header" : "body";
  }

  /** @returns how many of the next `available` bytes do not matter. */
  #skip(available: number): number {
    const skipped = Math.min(available, this.#left);
    this.#left -= skipped;
    if (this.#left === 0) this.#state = "header";
    return skipped;
  }
}
