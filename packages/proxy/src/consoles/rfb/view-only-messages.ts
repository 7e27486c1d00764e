import { EndError } from "../../end-reason.ts";
import type { ClientFilter } from "../client-filter.ts";
import { ClientMessageType, int32, MAX_HEADER_BYTES, messageBytes, MORE_NEEDED, UNKNOWN } from "./client-message.ts";

/** How many encodings a viewer may name; browsers name about 25. */
const MAX_ENCODINGS = 256;
const LIST_HEADER_BYTES = 4;
const ENCODING_BYTES = 4;
const MAX_KEPT_BYTES = LIST_HEADER_BYTES + MAX_ENCODINGS * ENCODING_BYTES;

/** The messages that pass: how the picture is sent. All servers know them. */
const PASSING: ReadonlySet<number> = new Set([
  ClientMessageType.setPixelFormat,
  ClientMessageType.setEncodings,
  ClientMessageType.framebufferUpdateRequest,
]);

/**
 * Pseudo-encodings that announce messages of the client's, none of which passes: extended clipboard, more pointer
 * buttons, continuous updates and fences, QEMU's keys and audio, gii, xvp. A server that is not told of them does not
 * wait for such messages.
 */
const ANNOUNCEMENTS: ReadonlySet<number> = new Set([-1063131698, -316, -313, -312, -309, -305, -259, -258]);

const NOTHING = Buffer.alloc(0);

/**
 * Of the messages of an RFB client, passes those that are about the picture, whole, and drops all others. Each is walked
 * by its length; one of an unknown type has none, and ends the session.
 */
export class ViewOnlyMessages implements ClientFilter {
  /** The start of a message, or all of one that passes. */
  readonly #kept = Buffer.alloc(MAX_KEPT_BYTES);
  #have = 0;
  /** The length of the message; 0 until it is known. */
  #total = 0;
  /** How many bytes of a message that does not pass are still to come. */
  #toDrop = 0;

  filter(bytes: Buffer): Buffer {
    const passed: Buffer[] = [];
    for (let at = 0; at < bytes.length;) {
      if (this.#toDrop > 0) {
        const dropped = Math.min(this.#toDrop, bytes.length - at);
        this.#toDrop -= dropped;
        at += dropped;
      } else if (this.#total === 0) {
        this.#takeHeader(bytes[at] ?? 0);
        at += 1;
      } else {
        const taken = bytes.copy(this.#kept, this.#have, at, at + this.#total - this.#have);
        this.#have += taken;
        at += taken;
      }
      if (this.#total > 0 && this.#have === this.#total) passed.push(this.#takeMessage());
    }
    return passed.length === 0 ? NOTHING : Buffer.concat(passed);
  }

  /** @throws EndError when the type of the message is unknown. */
  #takeHeader(byte: number): void {
    this.#kept[this.#have] = byte;
    this.#have += 1;
    const header = this.#kept.subarray(0, MAX_HEADER_BYTES);
    // The longer form of a pointer event need not be told apart: more buttons are never announced.
    const total = messageBytes(header, this.#have, false);
    if (total === MORE_NEEDED) return;
    const [type = 0] = header;
    if (total === UNKNOWN) throw new EndError("protocol_error", `an RFB message of the unknown type ${type}`);
    if (!PASSING.has(type)) {
      this.#toDrop = total - this.#have;
      this.#have = 0;
    } else if (total > MAX_KEPT_BYTES) {
      throw new EndError("protocol_error", `SetEncodings with more than ${MAX_ENCODINGS} encodings`);
    } else this.#total = total;
  }

  /** @returns the message that is complete. */
  #takeMessage(): Buffer {
    const message = Buffer.from(this.#kept.subarray(0, this.#total));
    this.#have = this.#total = 0;
    return message[0] === ClientMessageType.setEncodings ? withoutAnnouncements(message) : message;
  }
}

function withoutAnnouncements(message: Buffer): Buffer {
  let end = LIST_HEADER_BYTES;
  for (let at = LIST_HEADER_BYTES; at < message.length; at += ENCODING_BYTES) {
    if (ANNOUNCEMENTS.has(int32(message, at))) continue;
    message.copyWithin(end, at, at + ENCODING_BYTES);
    end += ENCODING_BYTES;
  }
  message.writeUInt16BE((end - LIST_HEADER_BYTES) / ENCODING_BYTES, 2);
  return message.subarray(0, end);
}
