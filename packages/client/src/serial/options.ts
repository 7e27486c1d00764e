import type { ConsoleOptions } from "../options.ts";
import type { ConsoleEvents } from "../state.ts";
import type { LinkDecision } from "./links.ts";
import type { Paste } from "./paste.ts";

/** Colours of the terminal; `auto` follows the person's system setting. */
export type SerialTheme = "dark" | "light" | "auto";

/**
 * `dom` draws with elements, whose text other tools find in the page. `webgl` is faster and needs
 * `@xterm/addon-webgl`; where it cannot be had, elements are drawn. `auto` is `webgl` where hardware
 * draws it.
 */
export type SerialRenderer = "auto" | "dom" | "webgl";

/** What Enter sends: carriage return as terminals do, line feed, or both. */
export type SerialLineEnding = "cr" | "lf" | "crlf";

/** Keys whose bytes depend on the terminal's mode, by their `KeyboardEvent.key`. */
export type SerialKey = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" | "Home" | "End";

/** What can be changed while the screen is up, and is kept across reconnections. */
export interface SerialView {
  /** CSS pixels. @defaultValue 14 */
  fontSize: number;
  /** Sends nothing that is typed or pasted. @defaultValue false */
  readOnly: boolean;
  /** @defaultValue `"auto"` */
  theme: SerialTheme;
  /** For Enter, and for the line breaks of what is pasted. @defaultValue `"cr"` */
  lineEnding: SerialLineEnding;
  /** Shows what is typed and pasted: for lines whose machine does not send it back. @defaultValue false */
  localEcho: boolean;
}

/** Options of a {@link SerialConsole}. */
export interface SerialOptions extends Omit<ConsoleOptions, "waitForViewer">, Partial<SerialView> {
  /** Lines kept above the screen. @defaultValue 5000 */
  scrollback?: number;
  /** @defaultValue `"dom"` */
  renderer?: SerialRenderer;
  /** Keeps a copy of the screen for screen readers. @defaultValue false */
  screenReader?: boolean;
  /**
   * What screen readers call the field that has the keyboard. @defaultValue the `aria-label` of the element that the
   * console is in, when it opens, else xterm's "Terminal input"
   */
  label?: string;
  /**
   * Asked at a click on a web link that the machine printed; true opens it in a new tab. Without
   * it, a click with Ctrl or Cmd opens links. Links in plain text need `@xterm/addon-web-links`.
   */
  onLink?: LinkDecision;
  /**
   * Asked before text with a line break is pasted, by the keyboard too: a shell runs each line.
   * Without it everything is pasted.
   */
  confirmPaste?: (paste: Paste) => boolean | Promise<boolean>;
  /**
   * Milliseconds after each line of a paste, and within long lines after 256 characters: a serial
   * line loses what comes faster than the machine reads.
   * @defaultValue 10
   */
  pasteDelayMs?: number;
}

/** How {@link SerialConsole.find} searches; everything is off by default. */
export interface FindOptions {
  /** Upwards, towards older output. */
  backwards?: boolean;
  /** The text is a regular expression of JavaScript. */
  regex?: boolean;
  caseSensitive?: boolean;
  wholeWord?: boolean;
  /**
   * Begins at the selected match, not after it, so that it stays selected while it fits: for a
   * search while somebody types. Has no effect with `backwards`.
   */
  incremental?: boolean;
}

/** A match of {@link SerialConsole.find}. */
export interface FindResult {
  /** Which of the matches is selected, from 0; -1 if it is none of the first 1000. */
  readonly index: number;
  /** How many there are; counted up to 1000. */
  readonly count: number;
}

/** Events of {@link SerialConsole.on}. */
export interface SerialEvents extends ConsoleEvents {
  /** The machine set a window title (OSC 0 or 2). */
  title: { readonly title: string };
  /** The terminal's size changed, in characters. A plain serial line cannot tell the machine. */
  resize: { readonly cols: number; readonly rows: number };
  bell: undefined;
}
