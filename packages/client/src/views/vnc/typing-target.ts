import type RFB from "@novnc/novnc";
import { delay } from "../../util/delay.ts";
import { type Keyboard, anyKeyboard, layoutKeyboard } from "../keyboard/strokes.ts";
import type { KeyboardLayout } from "../keyboard/layouts.ts";
import type { FpsCounter } from "./fps-counter.ts";

/** How often the screen is looked at. */
const LOOK_MS = 50;
/** A screen that was not drawn on for so long shows everything that was typed. */
const QUIET_MS = 80;
/** A machine that has not shown anything by then shows nothing, as for a password. */
const SILENT_MS = 400;
/** A screen that never comes to rest, such as a film. */
const RESTLESS_MS = 1_000;

/** What typing has to know about the machine of one connection. */
export class TypingTarget {
  readonly #rfb: RFB;
  readonly #screen: FpsCounter;
  /** QEMU's VNC server knows the keys of one keyboard layout. It ignores characters that have none. */
  #knowsKeysOnly = false;

  constructor(rfb: RFB, screen: FpsCounter) {
    this.#rfb = rfb;
    this.#screen = screen;
    rfb.addEventListener("desktopname", ({ detail }) => {
      this.#knowsKeysOnly ||= /^QEMU\b/.test(detail.name);
    });
  }

  /** @param layout - the layout of the machine, if it is known */
  keyboard(layout: KeyboardLayout | undefined): Keyboard {
    if (layout) return layoutKeyboard(layout, true);
    return this.#knowsKeysOnly ? layoutKeyboard("us", false) : anyKeyboard;
  }

  /** Whether Caps Lock is on in the machine, as QEMU reports it (LED State pseudo-encoding). */
  get capsLock(): boolean {
    const { _remoteCapsLock: on } = this.#rfb;
    return on === true;
  }

  /** Resolves when the screen has shown what was just typed and came to rest, or is not expected to any more. */
  async shown(signal: AbortSignal): Promise<void> {
    const since = performance.now();
    while (!signal.aborted) {
      await delay(LOOK_MS, signal);
      const now = performance.now();
      const drawnAt = this.#screen.lastDrawnAt;
      const isShown = drawnAt > since && now - drawnAt >= QUIET_MS;
      if (isShown || now - since >= (drawnAt > since ? RESTLESS_MS : SILENT_MS)) return;
    }
  }
}
