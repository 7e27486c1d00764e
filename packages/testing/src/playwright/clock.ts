import type { Page } from "@playwright/test";

/** How far ahead of the page's clock it is stopped, so that it has not passed that moment yet: milliseconds. */
const STOP_AHEAD_MS = 1000;
/** Time runs in such steps, so that what the page asks its gateway meanwhile is answered: milliseconds. */
const STEP_MS = 5000;

/**
 * The page's clock in the test's hands: countdowns run without waiting, and stop a millisecond before or after the
 * moment that matters. All that a page knows of time is in it: `Date`, `performance.now()`, timers and frames.
 *
 * {@link freeze} stops it; what the gateway says then (`session.warn(60_000)`, `session.hello(60_000)`) counts from
 * that moment, and so do the methods that let it run. They are for gateways without `enforce`, whose own clock goes on.
 */
export class ConsoleClock {
  readonly #page: Page;
  #elapsedMs: number | undefined;

  private constructor(page: Page) {
    this.#page = page;
  }

  /** Takes the page's clock, which goes on as before until {@link freeze}. Call it before the page is opened. */
  static async install(page: Page): Promise<ConsoleClock> {
    await page.clock.install();
    return new ConsoleClock(page);
  }

  /** Milliseconds that the page's clock has run since {@link freeze}. */
  get elapsedMs(): number {
    return this.#elapsedMs ?? 0;
  }

  /** Stops the page's clock, or takes this as the new beginning if it stands already. */
  async freeze(): Promise<void> {
    if (this.#elapsedMs === undefined) {
      // On a busy machine the moment may have passed when the clock is to stop there. It then stands where it is.
      await this.#stop().catch(() => this.#stop());
    }
    this.#elapsedMs = 0;
  }

  async #stop(): Promise<void> {
    const now = await this.#page.evaluate(() => Date.now());
    await this.#page.clock.pauseAt(now + STOP_AHEAD_MS);
  }

  /**
   * Lets time run to `ms` milliseconds after {@link freeze}, and fires every timer on the way.
   * @throws RangeError when that is past already; Error when the clock is not stopped
   */
  async runTo(ms: number): Promise<void> {
    const from = this.#elapsedMs;
    if (from === undefined) throw new Error("the page's clock runs by itself; freeze() it first");
    if (!(ms >= from)) throw new RangeError(`ms is ${ms}; expected at least the ${from} that have passed already`);
    for (let left = ms - from; left > 0; left -= STEP_MS) await this.#page.clock.runFor(Math.min(left, STEP_MS));
    this.#elapsedMs = ms;
  }

  /** Lets time run to 1 ms before `ms` milliseconds after {@link freeze}. */
  async runToJustBefore(ms: number): Promise<void> {
    await this.runTo(ms - 1);
  }

  /** Lets time run to 1 ms after `ms` milliseconds after {@link freeze}. */
  async runToJustAfter(ms: number): Promise<void> {
    await this.runTo(ms + 1);
  }

  /** The page's clock goes by itself again. */
  async resume(): Promise<void> {
    await this.#page.clock.resume();
    this.#elapsedMs = undefined;
  }
}
