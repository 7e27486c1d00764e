import { EndError } from "../../end-reason.ts";
import type { ClientFilter } from "../client-filter.ts";
import { ChannelType } from "./link-message.ts";
import { holdsOthers, MAX_HEADER_BYTES, messageHeaderBytes, readMessageHeader } from "./message-header.ts";

/** On every channel (`SPICE_MSGC_*`): acknowledgments, answers to pings, and the end. */
const COMMON: ReadonlySet<number> = new Set([1, 2, 3, 6]);

/** What passes besides: what the viewer is, the list of channels, and how the picture is sent. */
const PASSING: ReadonlyMap<number, ReadonlySet<number>> = new Map([
  [ChannelType.main, new Set([101, 104])],
  [ChannelType.display, new Set([101, 102, 103, 104, 105])],
]);

const NOTHING = Buffer.alloc(0);

/** Of the messages of a SPICE client on one channel, passes those that are about the picture, and drops all others. */
export class ViewOnlyChannel implements ClientFilter {
  readonly #passing: ReadonlySet<number>;
  readonly #isMini: boolean;
  readonly #header = Buffer.alloc(MAX_HEADER_BYTES);
  #have = 0;
  /** Bytes of a message behind its header that are still to come. */
  #left = 0;
  /** Whether the message passes. */
  #passes = false;

  /** @param isMini - whether the headers are the short ones. */
  constructor(channelType: number, isMini: boolean) {
    this.#passing = PASSING.get(channelType) ?? COMMON;
    this.#isMini = isMini;
  }

  filter(bytes: Buffer): Buffer {
    const passed: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      if (this.#left > 0) {
        const end = Math.min(bytes.length, at + this.#left);
        if (this.#passes) passed.push(bytes.subarray(at, end));
        this.#left -= end - at;
        at = end;
      } else if (this.#takeHeader(bytes[at++] ?? 0) && this.#passes) {
        passed.push(Buffer.from(this.#header.subarray(0, messageHeaderBytes(this.#isMini))));
      }
    }
    return passed.length === 0 ? NOTHING : Buffer.concat(passed);
  }

  /** @returns whether the header is complete. */
  #takeHeader(byte: number): boolean {
    this.#header[this.#have] = byte;
    this.#have = (this.#have + 1) % messageHeaderBytes(this.#isMini);
    if (this.#have > 0) return false;
    if (holdsOthers(this.#header, this.#isMini)) {
      throw new EndError("protocol_error", "a SPICE message that holds others");
    }
    const { type, bytes } = readMessageHeader(this.#header, this.#isMini);
    this.#left = bytes;
    this.#passes = COMMON.has(type) || this.#passing.has(type);
    return true;
  }
}
