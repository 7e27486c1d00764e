import type { Duplex } from "node:stream";
import { encodeFrame, Opcode } from "./frame-header.ts";

/** How many pings of one read are answered one by one; of more only the latest is (RFC 6455, section 5.5.3). */
const MAX_ANSWERED = 16;

/** The connection that is pinged. */
export interface PingedConnection {
  readonly stream: Duplex;
  readonly isOpen: boolean;
  /** Sends a frame together with the other answers to one read. */
  answer(frame: Buffer): void;
}

/** Answers a client's pings, in bounds: neither pings without end nor answers that are not read gather in memory. */
export class Pongs {
  readonly #connection: PingedConnection;
  /** The payload of the last ping, in the memory of the read. */
  #pinged: Buffer | undefined;
  /** How many pings of the current read were answered. */
  #answered = 0;
  /** Whether the client had not taken an answer yet when the current read's first ping came. */
  #isBehind = false;
  /** The answer to the last ping of a read. */
  #last: Buffer | undefined;
  /**
   * Whether such an answer is under way. While it is not sent, the next one waits, and replaces those that wait already
   * (RFC 6455, section 5.5.3), so that a client that does not read gathers none.
   */
  #isUnsent = false;

  constructor(connection: PingedConnection) {
    this.#connection = connection;
  }

  /** Takes a ping of the current read. */
  add(payload: Buffer): void {
    // Not asked again within a read: the answers to its own pings wait until it is parsed.
    if (this.#pinged === undefined) this.#isBehind = this.#hasUnsent;
    else if (!this.#isBehind && this.#answered < MAX_ANSWERED) {
      this.#answered += 1;
      this.#connection.answer(encodeFrame(Opcode.pong, this.#pinged));
    }
    this.#pinged = payload;
  }

  /** The memory of the read may change from now on. */
  endRead(): void {
    if (this.#pinged !== undefined) this.#last = encodeFrame(Opcode.pong, this.#pinged);
    this.#pinged = undefined;
    this.#answered = 0;
    this.#send();
  }

  get #hasUnsent(): boolean {
    return this.#isUnsent && this.#connection.stream.writableLength > 0;
  }

  #send(): void {
    if (this.#last === undefined || this.#hasUnsent || !this.#connection.isOpen) return;
    this.#isUnsent = true;
    this.#connection.stream.write(this.#last, () => {
      this.#isUnsent = false;
      this.#send();
    });
    this.#last = undefined;
  }
}
