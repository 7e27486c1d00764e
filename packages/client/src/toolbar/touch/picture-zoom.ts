/** How far a picture can be enlarged. */
const MAX_FACTOR = 8;

/** A point in CSS pixels of the viewport. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Enlarges a picture that fits into its frame, and moves it there. The picture's element grows and its frame scrolls, so
 * that the viewer draws the picture larger and finds the position of each event by itself.
 */
export class PictureZoom {
  readonly #frame: HTMLElement;
  readonly #picture: () => HTMLElement | null;
  #factor = 1;

  /**
   * @param frame - what the picture's element fills; it must clip what is outside
   * @param picture - the picture's element
   */
  constructor(frame: HTMLElement, picture: () => HTMLElement | null) {
    this.#frame = frame;
    this.#picture = picture;
  }

  /** 1 for a picture that fits. */
  get factor(): number {
    return this.#factor;
  }

  /** Enlarges the picture, and leaves what is at a point where it is. */
  zoomTo(factor: number, at: Point): void {
    const picture = this.#picture();
    if (picture === null) return;
    const next = Math.min(MAX_FACTOR, Math.max(1, factor));
    const { left, top } = this.#frame.getBoundingClientRect();
    const inFrame = { x: at.x - left, y: at.y - top };
    const fixed = {
      x: (this.#frame.scrollLeft + inFrame.x) / this.#factor,
      y: (this.#frame.scrollTop + inFrame.y) / this.#factor,
    };
    this.#factor = next;
    picture.style.width = picture.style.height = `${100 * next}%`;
    this.#frame.scrollTo({ left: fixed.x * next - inFrame.x, top: fixed.y * next - inFrame.y, behavior: "instant" });
  }

  /** Moves the picture by so many pixels, as far as it reaches. */
  panBy(x: number, y: number): void {
    this.#frame.scrollBy({ left: -x, top: -y, behavior: "instant" });
  }

  /** Moves the picture so that a point of it is seen. */
  reveal({ x, y }: Point): void {
    const { left, right, top, bottom } = this.#frame.getBoundingClientRect();
    const beyond = (at: number, from: number, to: number): number => Math.min(0, at - from) + Math.max(0, at - to);
    this.panBy(-beyond(x, left, right), -beyond(y, top, bottom));
  }

  /** Fits the picture into its frame again. */
  reset(): void {
    this.zoomTo(1, { x: 0, y: 0 });
  }
}
