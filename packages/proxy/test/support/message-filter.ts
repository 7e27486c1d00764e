import type { ClientFilter } from "../../src/consoles/client-filter.ts";
import { ClientHandshake } from "../../src/consoles/rfb/client-handshake.ts";
import { messageBytes, MORE_NEEDED, UNKNOWN } from "../../src/consoles/rfb/client-message.ts";
import { EndError } from "../../src/end-reason.ts";

/** Longest message that is kept until it is whole, in bytes. */
const MAX_MESSAGE_BYTES = 64 * 1024;

/** Judges an RFB client's messages one by one; its handshake passes. */
export class MessageFilter implements ClientFilter {
  readonly #judge: (message: Buffer) => Buffer | undefined;
  readonly #handshake = new ClientHandshake();
  #isHandshaking = true;
  #kept = Buffer.alloc(0);

  /** @param judge - returns what to pass in place of a message. */
  constructor(judge: (message: Buffer) => Buffer | undefined) {
    this.#judge = judge;
  }

  filter(bytes: Buffer): Buffer {
    const passed: Buffer[] = [];
    let at = 0;
    while (this.#isHandshaking && at < bytes.length) {
      const step = this.#handshake.take(bytes[at] ?? 0);
      if (step === "unknown") throw new EndError("protocol_error", "a handshake that is not known");
      this.#isHandshaking = step !== "done";
      at += 1;
    }
    passed.push(Buffer.from(bytes.subarray(0, at)));
    this.#kept = Buffer.concat([this.#kept, bytes.subarray(at)]);
    for (;;) {
      const length = this.#kept.length === 0 ? MORE_NEEDED : messageBytes(this.#kept, this.#kept.length, false);
      if (length === UNKNOWN || length > MAX_MESSAGE_BYTES) throw new EndError("protocol_error", "not a message");
      if (length === MORE_NEEDED || length > this.#kept.length) return Buffer.concat(passed);
      passed.push(this.#judge(this.#kept.subarray(0, length)) ?? Buffer.alloc(0));
      this.#kept = this.#kept.subarray(length);
    }
  }
}
