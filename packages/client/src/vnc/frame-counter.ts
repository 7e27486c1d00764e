const WINDOW_MS = 1000;

/** Counts how often a canvas is drawn on. noVNC tells nobody, but draws each update with one `drawImage`. */
export class FrameCounter {
  /** When the frames of the last second were drawn, in milliseconds of `performance.now()`. */
  readonly #drawnAt: number[] = [];

  constructor(canvas: HTMLCanvasElement | null) {
    const context = canvas?.getContext("2d");
    if (!context) return;
    const draw = context.drawImage.bind(context) as (...image: unknown[]) => void;
    context.drawImage = (...image: unknown[]): void => {
      this.#drawnAt.push(performance.now());
      this.#forget();
      draw(...image);
    };
  }

  get perSecond(): number {
    this.#forget();
    return this.#drawnAt.length;
  }

  #forget(): void {
    const since = performance.now() - WINDOW_MS;
    while ((this.#drawnAt[0] ?? Infinity) < since) this.#drawnAt.shift();
  }
}
