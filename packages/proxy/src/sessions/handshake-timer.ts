import { EndError } from "../end-reason.ts";
import type { IdentifiedChannel } from "../consoles/identified-channel.ts";

/** Limits the time of a handshake that a client does with the target itself, through the relay. */
export class HandshakeTimer {
  readonly #clientBytes: number;
  #timer: NodeJS.Timeout | undefined;
  #isOver = false;

  /** @param channel - the connection whose handshake it is. */
  constructor({ handshakeBytes }: Pick<IdentifiedChannel, "handshakeBytes">) {
    this.#clientBytes = handshakeBytes;
  }

  /**
   * Starts to count, unless the handshake is over.
   *
   * @param timeoutMs - how long it may take.
   * @param sentBytes - how many bytes of the client have reached the target; asked when the time is up.
   * @param onLate - called when the time is up, with whose fault that is.
   */
  start(timeoutMs: number, sentBytes: () => number, onLate: (error: EndError) => void): void {
    if (this.#isOver) return;
    this.#timer = setTimeout(() => {
      const what = `complete the handshake within ${timeoutMs} ms`;
      const isClientLate = sentBytes() < this.#clientBytes;
      onLate(
        isClientLate
          ? new EndError("protocol_error", `the client did not ${what}`)
          : new EndError("target_timeout", `the console did not ${what}`),
      );
    }, timeoutMs);
  }

  /** The handshake is over, or does not matter any more. */
  stop(): void {
    this.#isOver = true;
    clearTimeout(this.#timer);
  }
}
