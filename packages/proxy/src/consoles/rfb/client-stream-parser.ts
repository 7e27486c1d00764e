import type { UserInput } from "../user-input.ts";
import { ClientHandshake } from "./client-handshake.ts";
import {
  ClientMessageType,
  int32,
  isUserInput,
  MAX_HEADER_BYTES,
  messageBytes,
  MORE_NEEDED,
  UNKNOWN,
} from "./client-message.ts";

/** The pseudo-encoding with which a client announces that it sends more than seven pointer buttons. */
const EXTENDED_MOUSE_BUTTONS = -316;
const ENCODING_BYTES = 4;

type State = "handshake" | "header" | "body" | "encodings" | "opaque";

/**
 * Finds the user's input in what an RFB client sends: keys, pointer, clipboard and power buttons. Messages that the
 * viewer sends by itself, such as requests for updates, are not input. Reads only the start of each message and keeps
 * nothing of it.
 */
export class RfbClientStreamParser implements UserInput {
  #state: State = "handshake";
  readonly #handshake = new ClientHandshake();
  /** The start of a message, or one entry of SetEncodings. */
  readonly #header = new Uint8Array(MAX_HEADER_BYTES);
  #have = 0;
  /** Bytes of the message that are still to come. */
  #left = 0;
  /** Whether the message is input. */
  #isInput = false;
  #extendedButtons = false;

  take(bytes: Uint8Array): boolean {
    let found = false;
    for (let at = 0; at < bytes.length;) {
      switch (this.#state) {
        case "handshake":
          this.#takeHandshake(bytes[at++] ?? 0);
          break;
        case "header":
          if (this.#takeHeader(bytes[at++] ?? 0)) found ||= this.#isInput;
          break;
        case "encodings":
          this.#takeEncoding(bytes[at++] ?? 0);
          break;
        case "body":
          at += this.#skip(bytes.length - at);
          // A long paste counts up to its end.
          found ||= this.#isInput;
          break;
        case "opaque":
          // A stream that cannot be parsed counts as input, so that an active user is never disconnected.
          return true;
      }
    }
    return found || (this.#state === "opaque" && bytes.length > 0);
  }

  #takeHandshake(byte: number): void {
    const step = this.#handshake.take(byte);
    if (step === "done") this.#state = "header";
    else if (step === "unknown") this.#state = "opaque";
  }

  /** @returns whether the length of the message is known now. */
  #takeHeader(byte: number): boolean {
    this.#header[this.#have] = byte;
    this.#have += 1;
    const total = messageBytes(this.#header, this.#have, this.#extendedButtons);
    if (total === MORE_NEEDED) return false;
    if (total === UNKNOWN) {
      this.#state = "opaque";
      return false;
    }
    this.#isInput = isUserInput(this.#header);
    const isList = this.#header[0] === ClientMessageType.setEncodings;
    this.#left = total - this.#have;
    this.#have = 0;
    this.#state = this.#left === 0 ? "header" : isList ? "encodings" : "body";
    return true;
  }

  #takeEncoding(byte: number): void {
    this.#header[this.#have] = byte;
    this.#have = (this.#have + 1) % ENCODING_BYTES;
    if (this.#have === 0 && int32(this.#header, 0) === EXTENDED_MOUSE_BUTTONS) this.#extendedButtons = true;
    this.#skip(1);
  }

  /** @returns how many of the next `available` bytes belong to the message. */
  #skip(available: number): number {
    const skipped = Math.min(available, this.#left);
    this.#left -= skipped;
    if (this.#left === 0) this.#state = "header";
    return skipped;
  }
}
