import type { FitAddon } from "@xterm/addon-fit";
import type { Unicode11Addon } from "@xterm/addon-unicode11";
import type { WebLinksAddon } from "@xterm/addon-web-links";
import type { ILinkHandler, Terminal } from "@xterm/xterm";
import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import { delay } from "../../util/delay.ts";
import { loadSerialize } from "./addons.ts";
import { colorsOf, type MatchColors, matchColorsOf } from "./colors.ts";
import { Finder } from "./finder.ts";
import { followLink } from "./web-links.ts";
import type {
  FindOptions,
  FindResult,
  SerialKey,
  SerialLineEnding,
  SerialOptions,
  SerialRenderer,
  SerialView,
} from "./options.ts";
import { TerminalInput } from "./terminal-input.ts";
import { encodePaste } from "./paste.ts";
import { chooseRenderer } from "./renderer.ts";
import { bufferText } from "./buffer-text.ts";

/** The modules of xterm.js. They are loaded only in browsers. */
export interface XtermLibrary {
  readonly Terminal: typeof Terminal;
  readonly FitAddon: typeof FitAddon;
  readonly Unicode11Addon: typeof Unicode11Addon | undefined;
  readonly WebLinksAddon: typeof WebLinksAddon | undefined;
}

/** The options of a {@link Screen} that do not change. */
export interface ScreenOptions extends Pick<SerialOptions, "onLink"> {
  readonly scrollback: number;
  readonly screenReader: boolean;
  readonly label: string | undefined;
  readonly renderer: SerialRenderer;
}

/** Callbacks of a {@link Screen}. */
export interface ScreenOwner {
  title(title: string): void;
  resize(cols: number, rows: number): void;
  bell(): void;
  /** The user pasted text. It was not sent yet. */
  pasted(text: string): void;
  /** The page does not include xterm's style sheet. */
  missingStyles(): void;
}

/** The last byte of a key's sequence (ECMA-48 and DEC's application mode). */
const FINAL_BYTES: Readonly<Record<SerialKey, string>> = {
  ArrowUp: "A",
  ArrowDown: "B",
  ArrowRight: "C",
  ArrowLeft: "D",
  Home: "H",
  End: "F",
};

/** All values of {@link SerialKey}. */
export const SERIAL_KEYS = Object.keys(FINAL_BYTES) as readonly SerialKey[];

const LINE_ENDINGS: Readonly<Record<SerialLineEnding, string>> = { cr: "\r", lf: "\n", crlf: "\r\n" };

/** A terminal in an element, from the first connection until the console is closed. */
export class Screen {
  readonly terminal: Terminal;
  readonly #host: HTMLElement;
  readonly #fit: FitAddon;
  readonly #finder: Finder;
  readonly #observer: ResizeObserver;
  readonly #prefersDark = matchMedia("(prefers-color-scheme: dark)");
  readonly #removal = new AbortController();
  #view: SerialView;
  #channel: ConsoleChannel | undefined;
  #pasting: Promise<unknown> = Promise.resolve();
  #fitRequest = 0;

  constructor(library: XtermLibrary, host: HTMLElement, view: SerialView, options: ScreenOptions, owner: ScreenOwner) {
    this.#host = host;
    this.#view = view;
    const follow = (event: MouseEvent, url: string): void => void followLink(url, event, options.onLink);
    this.terminal = new library.Terminal({
      scrollback: options.scrollback,
      screenReaderMode: options.screenReader,
      cursorBlink: true,
      // WCAG AA, for colors that the machine sets and for marked matches.
      minimumContrastRatio: 4.5,
      fontFamily: "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
      // For the character widths of Unicode 11 and for marked matches.
      allowProposedApi: true,
      linkHandler: { activate: follow } satisfies ILinkHandler,
    });
    this.#fit = new library.FitAddon();
    this.terminal.loadAddon(this.#fit);
    this.#finder = new Finder(this.terminal);
    if (library.WebLinksAddon) this.terminal.loadAddon(new library.WebLinksAddon(follow));
    if (library.Unicode11Addon) {
      this.terminal.loadAddon(new library.Unicode11Addon());
      this.terminal.unicode.activeVersion = "11";
    }
    this.#listen(owner);
    this.apply(view);
    this.terminal.open(host);
    void chooseRenderer(this.terminal, options.renderer, this.#removal.signal);
    const { textarea } = this.terminal;
    // xterm's own setting applies to all terminals in the page.
    if (textarea && options.label !== undefined) textarea.ariaLabel = options.label;
    if (textarea && getComputedStyle(textarea).position !== "absolute") owner.missingStyles();
    this.#observer = new ResizeObserver(() => this.#fitSoon());
    this.#observer.observe(host);
    this.#fit.fit();
  }

  /** Applies the settings that can change while the screen is shown. */
  apply(view: SerialView): void {
    this.#view = view;
    const theme = colorsOf(view.theme, this.#prefersDark.matches);
    const { fontSize, readOnly: disableStdin } = view;
    Object.assign(this.terminal.options, { fontSize, lineHeight: lineHeight(fontSize), disableStdin, theme });
    this.#host.style.background = theme.background ?? "";
    this.#finder.recolor(this.#matchColors);
    this.#fitSoon();
  }

  /** Connects the terminal to the channel of an attempt. The channel must be open. */
  attach(channel: ConsoleChannel): void {
    this.#channel = channel;
    TerminalInput.attach(this.terminal, channel);
  }

  /** Sends text unchanged. Returns false, and sends nothing, while read-only or not connected. */
  send(data: string | Uint8Array<ArrayBuffer>): boolean {
    const channel = this.#channel;
    if (this.#view.readOnly || !channel || channel.readyState !== channel.OPEN) return false;
    channel.send(data);
    return true;
  }

  /** Sends a key as the machine's program expects it. */
  press(key: SerialKey): void {
    this.send(`\u001B${this.terminal.modes.applicationCursorKeysMode ? "O" : "["}${FINAL_BYTES[key]}`);
  }

  /**
   * Sends text as a paste, after earlier pastes. An interrupted paste still closes its brackets.
   *
   * @returns resolves to whether all of the text was sent.
   */
  paste(text: string, delayMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    const pasted = this.#pasting.then(() => this.#paste(text, delayMs, signal));
    this.#pasting = pasted;
    return pasted;
  }

  find(text: string, options: FindOptions): Promise<FindResult | undefined> {
    return this.#finder.find(text, options, this.#matchColors, this.#removal.signal);
  }

  get #matchColors(): MatchColors {
    return matchColorsOf(this.#view.theme, this.#prefersDark.matches);
  }

  /** Scrollback and screen as plain text. Wrapped lines are joined. */
  text(): string {
    const { normal, active } = this.terminal.buffer;
    const buffers = active === normal ? [normal] : [normal, active];
    return buffers.map(bufferText).join("\n");
  }

  /** Scrollback and screen with their colors; empty once removed. */
  async serialize(format: "ansi" | "html"): Promise<string> {
    const Serialize = await loadSerialize();
    if (this.#removal.signal.aborted) return "";
    const addon = new Serialize();
    this.terminal.loadAddon(addon);
    try {
      return format === "html" ? addon.serializeAsHTML({ includeGlobalBackground: true }) : addon.serialize();
    } finally {
      addon.dispose();
    }
  }

  /** Clears the terminal and removes it from the page. */
  remove(): void {
    this.#removal.abort();
    this.#channel = undefined;
    this.#observer.disconnect();
    cancelAnimationFrame(this.#fitRequest);
    this.terminal.reset();
    this.terminal.dispose();
    this.#host.replaceChildren();
    this.#host.style.background = "";
  }

  #listen(owner: ScreenOwner): void {
    const { terminal } = this;
    const { signal } = this.#removal;
    terminal.onTitleChange((title) => owner.title(title));
    terminal.onResize(({ cols, rows }) => owner.resize(cols, rows));
    terminal.onBell(() => owner.bell());
    terminal.onData((data) => this.#type(data));
    terminal.onBinary((data) => this.send(Uint8Array.from(data, (character) => character.charCodeAt(0))));
    this.#prefersDark.addEventListener("change", () => this.apply(this.#view), { signal });
    // Before xterm.js, which would send the text at once.
    const onPaste = (event: ClipboardEvent): void => {
      event.stopPropagation();
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (text === "") return;
      event.preventDefault();
      owner.pasted(text);
    };
    this.#host.addEventListener("paste", onPaste, { capture: true, signal });
  }

  /** Sends keyboard input, with Enter as the line ending that the machine expects. */
  #type(text: string): boolean {
    const sent = this.send(text.replaceAll("\r", LINE_ENDINGS[this.#view.lineEnding]));
    // Text that starts with ESC is a key that machines do not echo, or brackets around a paste.
    if (sent && this.#view.localEcho && !text.startsWith("\u001B")) {
      this.terminal.write(text.replaceAll("\r", "\r\n").replaceAll("\u007F", "\b \b"));
    }
    return sent;
  }

  async #paste(text: string, delayMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    const channel = this.#channel;
    const { before, pieces, after } = encodePaste(text, this.terminal.modes.bracketedPasteMode);
    this.terminal.scrollToBottom();
    let sent = this.#type(before);
    for (const piece of pieces) {
      if (signal?.aborted) sent = false;
      if (this.#channel !== channel) return false;
      if (!sent) break;
      sent = this.#type(piece);
      await delay(delayMs, signal);
    }
    return this.#channel === channel && this.#type(after) && sent;
  }

  /** Before the next repaint: resizing in the observer's callback would call it again. */
  #fitSoon(): void {
    cancelAnimationFrame(this.#fitRequest);
    this.#fitRequest = requestAnimationFrame(() => this.#fit.fit());
  }
}

/**
 * One pixel more than the font's height (about 1.15 of its size), as a multiple of that height: browsers
 * round it down, which would cut off underscores. More would leave gaps in box-drawing characters.
 */
function lineHeight(fontSize: number): number {
  return 1 + 1.2 / (1.15 * fontSize);
}
