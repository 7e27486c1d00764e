/**
 * Sees what a target sends, and what reaches it if it wants to, for example to record it. A tap is given when a session
 * begins, and sees every byte that the client gets, in order, right before it is passed on.
 */
export interface Tap {
  /**
   * Takes the next bytes. Their memory is used again once this returns. An exception or a rejection ends the session;
   * the bytes are then not passed on, if it was an exception.
   *
   * @returns a promise to hold the target back until it fulfils; the bytes at hand are passed on even so.
   */
  take(bytes: Buffer): Promise<void> | undefined;
  /**
   * Takes the next bytes of the client that may reach the target, right before they do. Their memory is used again once
   * this returns. An exception or a rejection ends the session; the bytes do not pass, if it was an exception.
   *
   * @returns a promise to hold the client back until it fulfils; the bytes at hand pass even so.
   */
  takeFromClient?(bytes: Buffer): Promise<void> | undefined;
  /** No byte follows, whether the session has ended or was never opened. Called once; has to return at once. */
  end(): void;
}

/** What {@link Taps} need from the relay. */
export interface TapEvents {
  /** The first of the taps wants the target held back. */
  readonly hold: () => void;
  /** None of them does any longer. */
  readonly release: () => void;
  /** A tap failed. */
  readonly failed: (error: unknown) => void;
}

/** All taps of a relay as one. */
export class Taps {
  readonly #taps: readonly Tap[];
  readonly #events: TapEvents;
  #holding = 0;
  #ended = false;

  constructor(taps: readonly Tap[], events: TapEvents) {
    this.#taps = taps;
    this.#events = events;
  }

  /** Shows bytes to every tap. */
  take(bytes: Buffer): void {
    for (const tap of this.#taps) {
      if (this.#ended) return;
      try {
        const held = tap.take(bytes);
        if (held !== undefined) void this.#holdUntil(held);
      } catch (error) {
        this.#fail(error);
      }
    }
  }

  /** Tells every tap, once. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    for (const tap of this.#taps) {
      try {
        tap.end();
      } catch (error) {
        this.#events.failed(error);
      }
    }
  }

  async #holdUntil(released: Promise<void>): Promise<void> {
    this.#holding += 1;
    if (this.#holding === 1) this.#events.hold();
    try {
      await released;
    } catch (error) {
      return this.#fail(error);
    }
    this.#holding -= 1;
    if (this.#holding === 0 && !this.#ended) this.#events.release();
  }

  /** What fails once the session has ended no longer matters to it. */
  #fail(error: unknown): void {
    if (!this.#ended) this.#events.failed(error);
  }
}
