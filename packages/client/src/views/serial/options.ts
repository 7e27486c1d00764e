import type { ConsoleOptions } from "../../connection/model/options.ts";
import type { ConsoleEvents } from "../../connection/model/state.ts";
import type { LinkDecision } from "./web-links.ts";
import type { Paste } from "./paste.ts";

/** Colors of the terminal; `auto` follows the user's system setting. */
export type SerialTheme = "dark" | "light" | "auto";

/**
 * `dom` draws with DOM elements, whose text other tools find in the page. `webgl` is faster and needs
 * `@xterm/addon-webgl`; without it, or without WebGL, it falls back to `dom`. `auto` is `webgl` with
 * hardware acceleration and otherwise `dom`.
 */
export type SerialRenderer = "auto" | "dom" | "webgl";

/** What Enter sends: carriage return as on terminals, line feed, or both. */
export type SerialLineEnding = "cr" | "lf" | "crlf";

/** Keys whose bytes depend on the terminal's mode, by their `KeyboardEvent.key`. */
export type SerialKey = "ArrowUp" | "ArrowDown" | "ArrowLeft" | "ArrowRight" | "Home" | "End";

/** Settings that can change while the screen is shown. They are kept across reconnections. */
export interface SerialView {
  /** Font size in CSS pixels. @defaultValue 14 */
  fontSize: number;
  /** Ignores keyboard input and pastes. @defaultValue false */
  readOnly: boolean;
  /** The colors. @defaultValue `"auto"` */
  theme: SerialTheme;
  /** For Enter, and for line breaks in pastes. @defaultValue `"cr"` */
  lineEnding: SerialLineEnding;
  /** Shows typed and pasted text, for machines that do not echo it. @defaultValue false */
  localEcho: boolean;
}

/** Options of a {@link SerialConsole}. */
export interface SerialOptions extends Omit<ConsoleOptions, "waitForViewer">, Partial<SerialView> {
  /** Number of lines kept above the screen. @defaultValue 5000 */
  scrollback?: number;
  /** How the terminal is drawn. @defaultValue `"dom"` */
  renderer?: SerialRenderer;
  /** Keeps a copy of the screen for screen readers. @defaultValue false */
  screenReader?: boolean;
  /**
   * The terminal's label for screen readers. @defaultValue the `aria-label` of the console's element
   * when it opens, or xterm's "Terminal input"
   */
  label?: string;
  /**
   * Called at a click on a web link that the machine printed; return true to open it in a new tab.
   * Without it, a click with Ctrl or Cmd opens links. Links in plain text need
   * `@xterm/addon-web-links`.
   */
  onLink?: LinkDecision;
  /**
   * Called before text with a line break is pasted, also from the keyboard, because a shell runs each
   * line; return true to paste it. Without it everything is pasted.
   */
  confirmPaste?: (paste: Paste) => boolean | Promise<boolean>;
  /**
   * Milliseconds after each line of a paste, and within long lines after 256 characters: serial lines
   * lose input that arrives faster than the machine reads.
   * @defaultValue 10
   */
  pasteDelayMs?: number;
}

/** Options of {@link SerialConsole.find}, all off by default. */
export interface FindOptions {
  /** Searches upwards, towards older output. */
  backwards?: boolean;
  /** The text is a regular expression of JavaScript. */
  regex?: boolean;
  /** Distinguishes upper and lower case. */
  caseSensitive?: boolean;
  /** Finds whole words only. */
  wholeWord?: boolean;
  /**
   * Starts at the selected match instead of after it, so that it stays selected while it matches:
   * for search as you type. Has no effect with `backwards`.
   */
  incremental?: boolean;
}

/** A match of {@link SerialConsole.find}. */
export interface FindResult {
  /** Index of the selected match, from 0; -1 if it is not among the first 1000. */
  readonly index: number;
  /** Number of matches, at most 1000. */
  readonly count: number;
}

/** Events of {@link SerialConsole.on}. */
export interface SerialEvents extends ConsoleEvents {
  /** The machine set a window title (OSC 0 or 2). */
  title: { readonly title: string };
  /** The terminal's size changed, in characters. A plain serial line cannot send it to the machine. */
  resize: { readonly cols: number; readonly rows: number };
  /** The machine rang its bell. */
  bell: undefined;
}
