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

/** The pseudo-encoding with which a client says that it can send more than seven pointer buttons. */
const EXTENDED_MOUSE_BUTTONS = -316;
const ENCODING_BYTES = 4;

type State = "handshake" | "header" | "body" | "encodings" | "opaque";

/**
 * Finds the user's input in what an RFB client sends: keys, pointer, clipboard and power buttons. What
 * the viewer says by itself, such as requests for updates, is none. Takes the stream in any pieces,
 * reads only the starts of messages, and keeps nothing of them.
 */
export class RfbUserInput {
  #state: State = "handshake";
  readonly #handshake = new ClientHandshake();
  /** The start of a message, or one entry of SetEncodings. */
  readonly #header = new Uint8Array(MAX_HEADER_BYTES);
  #have = 0;
  /** Bytes of the message that are still to come. */
  #left = 0;
  /** Whether the message is something that the user did. */
  #isInput = false;
  #extendedButtons = false;

  /** Takes the next piece of the stream, and says whether the user did something in it. */
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
          // The rest of a long paste counts, too.
          found ||= this.#isInput;
          break;
        case "opaque":
          // What cannot be told apart counts as input: nobody who works is ever cut.
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

  /** Says whether the length of the message is now known. */
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
