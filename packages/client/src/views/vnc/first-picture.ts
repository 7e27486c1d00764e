/**
 * How long the first picture may take after the handshake. A machine that draws nothing can still be
 * used, so the console is ready then without one.
 */
const FIRST_PICTURE_MS = 5_000;

/** Tells once when the first picture after the handshake is drawn, or is not expected any more. */
export class FirstPicture {
  readonly #onReady: () => void;
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(onReady: () => void) {
    this.#onReady = onReady;
  }

  /** The handshake is complete. What was drawn before was an empty screen. */
  expect(): void {
    this.#timer = setTimeout(() => this.drawn(), FIRST_PICTURE_MS);
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
