import type { ConsoleOptions } from "../connection/model/options.ts";
import type { ConsoleEvents } from "../connection/model/state.ts";
import type { ModifierKey } from "../ui/modifiers.ts";
import type { KeyMap } from "./keyboard/key-map.ts";
import type { PasteProgress } from "./progress.ts";

/** Options that all views have. */
export interface ViewOptions extends Omit<ConsoleOptions, "waitForViewer"> {
  /**
   * The keys that leave the console, which takes every key including Tab, when they are pressed and released together:
   * the event `leave` fires, the view's element gets the focus unless a listener moves it, and Tab goes on in the page.
   * An empty list leaves it to the page to offer another way (WCAG 2.1.2).
   * @defaultValue `["Control", "Alt", "Shift"]`, and on a Mac, where VoiceOver uses these, `["Alt", "Shift", "Meta"]`
   */
  leaveKeys?: readonly ModifierKey[];
  /**
   * Which modifier the machine receives for one of the user's, by `KeyboardEvent.key`: `{ Meta: "Control" }` makes
   * Command of a Mac Control. Keys that the browser keeps for itself do not arrive either way.
   */
  keyMap?: KeyMap;
  /**
   * Whether a console that had the keyboard focus when its connection was lost gets it back with the next one, if the
   * user has not moved it meanwhile. @defaultValue true
   */
  restoreFocus?: boolean;
}

/** Events that all views have. */
export interface ViewEvents extends ConsoleEvents {
  /** A text that is pasted or typed began, went on or ended. */
  paste: PasteProgress;
  /** The user pressed and released {@link ViewOptions.leaveKeys}, to leave the console with the keyboard. */
  leave: undefined;
  /**
   * The user drags a file or a link over the console, which refuses it: no console takes files, and a browser would open
   * it in place of the page. Fires once for each drag.
   */
  droprefused: undefined;
}

/** Events of the views that show a picture. */
export interface ScreenEvents extends ViewEvents {
  /**
   * The user composes text with an input method (IME). It does not reach the machine, whose own input method has to be
   * used, or {@link ScreenConsole.paste}.
   */
  composition: undefined;
}
