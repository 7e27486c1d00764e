/** What lies over a stage that keeps its size. */
export interface StageCover {
  /** CSS pixels. */
  readonly top: number;
  readonly bottom: number;
}

/** The parts of the page around a console whose size must not change for a row that comes and goes. */
export interface StageParts {
  readonly stage: HTMLElement;
  readonly host: HTMLElement;
  /** Rows over the stage's beginning and end. */
  readonly top: readonly HTMLElement[];
  readonly bottom: readonly HTMLElement[];
}

/**
 * Reports how much of the stage is covered, now and after each change. On touch screens this includes the device's
 * keyboard, for which the window becomes lower: the host keeps the height that it had with this width.
 */
export function followCover(
  { stage, host, top, bottom }: StageParts,
  listener: (cover: StageCover) => void,
  signal: AbortSignal,
): void {
  const isTouch = matchMedia("(pointer: coarse)");
  let width = 0;
  let height = 0;
  const heightOf = (rows: readonly HTMLElement[]): number => rows.reduce((sum, row) => sum + row.offsetHeight, 0);
  const update = (): void => {
    if (!isTouch.matches || stage.clientWidth !== width || stage.clientHeight > height) {
      width = stage.clientWidth;
      height = stage.clientHeight;
    }
    const lost = height - stage.clientHeight;
    host.style.bottom = lost > 0 ? `${-lost}px` : "";
    listener({ top: heightOf(top), bottom: heightOf(bottom) + lost });
  };
  const observer = new ResizeObserver(update);
  for (const part of [stage, ...top, ...bottom]) observer.observe(part);
  signal.addEventListener("abort", () => observer.disconnect());
}
