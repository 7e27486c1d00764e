/* oxlint-disable no-underscore-dangle -- private members of noVNC */
import type RFB from "@novnc/novnc";
import { hasSize } from "../host-element.ts";

/** How long the element keeps its size before the machine is asked for another resolution. */
const SETTLED_AFTER_MS = 500;

/**
 * Limits how often noVNC asks the machine for the resolution of the element (SetDesktopSize): once
 * the size has settled, never while the element has none, and never on a machine with several
 * monitors, because the request would replace them with one.
 *
 * Without the private members of noVNC 1.7 that it replaces, noVNC asks as it does by itself.
 */
export class RemoteResize {
  readonly #host: HTMLElement;
  readonly #rfb: RFB;
  readonly #onScreens: () => void;
  #request = (): void => {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Whether the machine said that it can change its resolution. noVNC asks at once then. */
  #supported = false;
  /** Whether the size changed again before the machine has answered. */
  #changedMeanwhile = false;
  #screens = 1;

  /** @param onScreens - called when the number of monitors changes */
  constructor(rfb: RFB, host: HTMLElement, onScreens: () => void) {
    this.#host = host;
    this.#rfb = rfb;
    this.#onScreens = onScreens;
    const request = rfb._requestRemoteResize?.bind(rfb);
    const onDesktopSize = rfb._handleExtendedDesktopSize?.bind(rfb);
    if (!request || !onDesktopSize) return;
    this.#request = request;
    rfb._requestRemoteResize = () => this.#askSoon();
    rfb._handleExtendedDesktopSize = () => {
      const screens = rfb._sock?.rQpeek8() ?? 1;
      const complete = onDesktopSize();
      if (complete) this.#onDesktopSize(screens);
      return complete;
    };
  }

  /** Whether the machine has several monitors, so that its resolution is left alone. */
  get severalScreens(): boolean {
    return this.#screens > 1;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #onDesktopSize(screens: number): void {
    this.#supported = true;
    if (screens !== this.#screens) {
      this.#screens = screens;
      this.#onScreens();
    }
    if (this.#changedMeanwhile && this.#rfb._pendingRemoteResize !== true) this.#askSoon();
  }

  #askSoon(): void {
    clearTimeout(this.#timer);
    if (!this.#rfb.resizeSession) return;
    if (this.#supported) this.#timer = setTimeout(() => this.#ask(), SETTLED_AFTER_MS);
    else queueMicrotask(() => this.#ask());
  }

  #ask(): void {
    if (!this.#rfb.resizeSession || this.severalScreens || !hasSize(this.#host)) return;
    this.#changedMeanwhile = this.#rfb._pendingRemoteResize === true;
    this.#request();
  }
}
