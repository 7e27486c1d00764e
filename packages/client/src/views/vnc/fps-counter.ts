const WINDOW_MS = 1000;

/** Counts how often a canvas is drawn on. noVNC has no event for it, but draws each update with one `drawImage`. */
export class FpsCounter {
  /** When the canvas was drawn on in the last second, in milliseconds of `performance.now()`. */
  readonly #drawnAt: number[] = [];
  /** When the canvas was last drawn on; 0 before. */
  lastDrawnAt = 0;

  /** @param onDraw - called after each time */
  constructor(canvas: HTMLCanvasElement | undefined, onDraw: () => void) {
    const context = canvas?.getContext("2d");
    if (!context) return;
    const draw = context.drawImage.bind(context) as (...image: unknown[]) => void;
    context.drawImage = (...image: unknown[]): void => {
      this.lastDrawnAt = performance.now();
      this.#drawnAt.push(this.lastDrawnAt);
      this.#forget();
      draw(...image);
      onDraw();
    };
  }

  /** How often the canvas was drawn on in the last second. */
  get perSecond(): number {
    this.#forget();
    return this.#drawnAt.length;
  }

  #forget(): void {
    const since = performance.now() - WINDOW_MS;
    while ((this.#drawnAt[0] ?? Infinity) < since) this.#drawnAt.shift();
  }
}
