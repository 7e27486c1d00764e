import type { ITheme } from "@xterm/xterm";
import type { ViewEvents, ViewOptions } from "../view-options.ts";
import type { SerialEncoding } from "./encodings.ts";
import type { ClipboardOptions } from "../clipboard-policy.ts";
import type { Paste } from "./paste.ts";
import type { LinkDecision } from "./web-links.ts";

/** The terminal's own themes; `auto` follows the user's system setting. */
export type SerialThemeName = "dark" | "light" | "auto";

/** A theme by name, or colors. Colors that are left out are those of xterm.js. */
export type SerialTheme = SerialThemeName | ITheme;

/**
 * `dom` draws with DOM elements, whose text other tools find in the page. `webgl` is faster and needs
 * `@xterm/addon-webgl`; without it, or without WebGL, it falls back to `dom`. `auto` is `webgl` with
 * hardware acceleration and otherwise `dom`.
 */
export type SerialRenderer = "auto" | "dom" | "webgl";

/** What Enter sends: carriage return as on terminals, line feed, or both. */
export type SerialLineEnding = "cr" | "lf" | "crlf";

/** What Backspace sends: DEL (0x7F) as on Linux, or BS (0x08, Ctrl + H) as on older systems and firmware. */
export type SerialBackspace = "del" | "bs";

/**
 * The terminal's size in characters. `fit` is what the element has room for. With a fixed size the
 * element scrolls if it is smaller: a serial line cannot tell the machine a size, and most assume 80 × 24.
 */
export type SerialSize = "fit" | { readonly cols: number; readonly rows: number };

/** Settings that can change while the screen is shown. They are kept across reconnections. */
export interface SerialView {
  /** Font size in CSS pixels. @defaultValue 14 */
  fontSize: number;
  /** CSS `font-family`; it should be monospaced. @defaultValue the system's monospaced font */
  fontFamily: string;
  /** Ignores keyboard input and pastes, and answers no query of the machine. @defaultValue false */
  viewOnly: boolean;
  /** The colors. @defaultValue `"auto"` */
  theme: SerialTheme;
  /** The terminal's size. @defaultValue `"fit"` */
  size: SerialSize;
  /** For Enter, and for line breaks in pastes. @defaultValue `"cr"` */
  lineEnding: SerialLineEnding;
  /** What Backspace sends. @defaultValue `"del"` */
  backspace: SerialBackspace;
  /** The line's character encoding. It applies to output from then on. @defaultValue `"utf-8"` */
  encoding: SerialEncoding;
  /** Starts a new line at the left margin after a line feed without carriage return. @defaultValue false */
  convertEol: boolean;
  /** Shows typed and pasted text, for machines that do not echo it. @defaultValue false */
  localEcho: boolean;
  /** Copies text as soon as it was selected with the mouse. @defaultValue false */
  copyOnSelect: boolean;
}

/** Options of a {@link SerialConsole}. */
export interface SerialOptions extends ViewOptions, Partial<SerialView>, ClipboardOptions {
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
   * Called before a paste that may do harm, also from the keyboard; return true to paste. Such a paste
   * has a line break, because a shell runs each line, control characters, characters that the
   * `encoding` lacks, or more than 20,000 characters. Without it everything is pasted.
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
export interface SerialEvents extends ViewEvents {
  /** The machine set a window title (OSC 0 or 2). Control and bidirectional formatting characters are removed, long titles cut. */
  title: { readonly title: string };
  /** The terminal's size changed, in characters. A plain serial line cannot send it to the machine. */
  resize: { readonly cols: number; readonly rows: number };
  /** The machine rang its bell. */
  bell: undefined;
  /**
   * Bytes that the machine sent; the terminal prints them as well. With `input` and `resize` they are
   * what a recording needs. The event fires before they are printed.
   */
  output: { readonly data: Uint8Array };
  /** Bytes that were sent to the machine: keys, pastes, and the terminal's answers to queries. They may be passwords. */
  input: { readonly data: Uint8Array };
}
