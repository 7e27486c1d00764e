import type { ScreenEvents, ViewOptions } from "../view-options.ts";

/** How the machine's screen fits into the element: `none` shows it unscaled with scroll bars, `fit` scales it. */
export type SpiceScaleMode = "none" | "fit";

/** Settings that can change while the screen is shown. They are kept across reconnections. */
export interface SpiceView {
  /** Sends no keys and no pointer events. @defaultValue false */
  viewOnly: boolean;
  /** How the screen fits into the element. @defaultValue `"fit"` */
  scale: SpiceScaleMode;
}

/** Options of a {@link SpiceConsole}. */
export interface SpiceOptions extends ViewOptions, Partial<SpiceView> {
  /**
   * The password of the SPICE server, its "ticket", at most 60 characters. A server does not say whether it wants one:
   * with a wrong or missing password the console ends as `credentials_rejected`.
   */
  password?: string;
  /**
   * The screen's label for screen readers. @defaultValue the `aria-label` of the console's element
   * when it opens
   */
  label?: string;
}

/** Events of {@link SpiceConsole.on}. spice-html5 reports no bell, clipboard or name. */
export interface SpiceEvents extends ScreenEvents {}
