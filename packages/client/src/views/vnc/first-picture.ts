/**
 * How long the first picture may take after the handshake. A machine that draws nothing can still be
 * used, so the console is ready then without one.
 */
const FIRST_PICTURE_MS = 5_000;

/** Tells once when the first picture after the handshake is drawn, or is not expected any more. */
export class FirstPicture {
  readonly #onReady: () => void;
  readonly #failed: () => boolean;
  #timer: ReturnType<typeof setTimeout> | undefined;

  /** @param failed - whether the console fails instead, asked when the time is over */
  constructor(onReady: () => void, failed: () => boolean) {
    this.#onReady = onReady;
    this.#failed = failed;
  }

  /** The handshake is complete. What was drawn before was an empty screen. */
  expect(): void {
    this.#timer = setTimeout(() => {
      if (!this.#failed()) this.drawn();
    }, FIRST_PICTURE_MS);
  }

  drawn(): void {
    if (this.#timer === undefined) return;
    this.stop();
    this.#onReady();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }
}
