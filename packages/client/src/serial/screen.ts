import type { FitAddon } from "@xterm/addon-fit";
import type { Unicode11Addon } from "@xterm/addon-unicode11";
import type { WebLinksAddon } from "@xterm/addon-web-links";
import type { ILinkHandler, Terminal } from "@xterm/xterm";
import type { ConsoleChannel } from "../channel.ts";
import { pause } from "../pause.ts";
import { loadSerialize } from "./addons.ts";
import { coloursOf, type MatchColours, matchColoursOf } from "./colours.ts";
import { Finder } from "./finder.ts";
import { followLink } from "./links.ts";
import type {
  FindOptions,
  FindResult,
  SerialKey,
  SerialLineEnding,
  SerialOptions,
  SerialRenderer,
  SerialView,
} from "./options.ts";
import { Output } from "./output.ts";
import { encodePaste } from "./paste.ts";
import { chooseRenderer } from "./renderer.ts";
import { textOf } from "./text.ts";

/** The modules that a screen is made of; loaded in browsers only. */
export interface XtermLibrary {
  readonly Terminal: typeof Terminal;
  readonly FitAddon: typeof FitAddon;
  readonly Unicode11Addon: typeof Unicode11Addon | null;
  readonly WebLinksAddon: typeof WebLinksAddon | null;
}

/** What a {@link Screen} is built with, besides what can change. */
export interface ScreenOptions extends Pick<SerialOptions, "onLink"> {
  readonly scrollback: number;
  readonly screenReader: boolean;
  readonly label: string | null;
  readonly renderer: SerialRenderer;
}

/** What a {@link Screen} tells. */
export interface ScreenOwner {
  title(title: string): void;
  resize(cols: number, rows: number): void;
  bell(): void;
  /** Text was pasted with the keyboard or the mouse; nothing of it was sent yet. */
  pasted(text: string): void;
  missingStyles(): void;
}

/** The last byte of a key's sequence (ECMA-48 and DEC's application mode). */
const finals: Readonly<Record<SerialKey, string>> = {
  ArrowUp: "A",
  ArrowDown: "B",
  ArrowRight: "C",
  ArrowLeft: "D",
  Home: "H",
  End: "F",
};

/** All of {@link SerialKey}. */
export const serialKeys = Object.keys(finals) as readonly SerialKey[];

const endings: Readonly<Record<SerialLineEnding, string>> = { cr: "\r", lf: "\n", crlf: "\r\n" };

/** One terminal in an element: from the first connection until the console is closed. */
export class Screen {
  readonly terminal: Terminal;
  readonly #host: HTMLElement;
  readonly #fit: FitAddon;
  readonly #finder: Finder;
  readonly #observer: ResizeObserver;
  readonly #prefersDark = matchMedia("(prefers-color-scheme: dark)");
  readonly #removal = new AbortController();
  #view: SerialView;
  #channel: ConsoleChannel | null = null;
  #pasting: Promise<unknown> = Promise.resolve();
  #frame = 0;

  constructor(library: XtermLibrary, host: HTMLElement, view: SerialView, options: ScreenOptions, owner: ScreenOwner) {
    this.#host = host;
    this.#view = view;
    const follow = (event: MouseEvent, url: string): void => void followLink(url, event, options.onLink);
    this.terminal = new library.Terminal({
      scrollback: options.scrollback,
      screenReaderMode: options.screenReader,
      cursorBlink: true,
      // WCAG AA, for what the machine colours and on the marks of matches.
      minimumContrastRatio: 4.5,
      fontFamily: "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
      // For the widths of Unicode 11 and for the marks of matches.
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
    this.show(view);
    this.terminal.open(host);
    void chooseRenderer(this.terminal, options.renderer, this.#removal.signal);
    const { textarea } = this.terminal;
    // Not xterm's own setting for it, which is that of all terminals in the page.
    if (textarea && options.label !== null) textarea.ariaLabel = options.label;
    if (textarea && getComputedStyle(textarea).position !== "absolute") owner.missingStyles();
    this.#observer = new ResizeObserver(() => this.#fitSoon());
    this.#observer.observe(host);
    this.#fit.fit();
  }

  /** Applies what can change while the screen is up. */
  show(view: SerialView): void {
    this.#view = view;
    const theme = coloursOf(view.theme, this.#prefersDark.matches);
    const { fontSize, readOnly: disableStdin } = view;
    Object.assign(this.terminal.options, { fontSize, lineHeight: lineHeight(fontSize), disableStdin, theme });
    this.#host.style.background = theme.background ?? "";
    this.#finder.recolour(this.#matchColours);
    this.#fitSoon();
  }

  /** Connects the terminal with the channel of an attempt, which must be open. */
  attach(channel: ConsoleChannel): void {
    this.#channel = channel;
    new Output(this.terminal, channel).start();
  }

  /** Sends text as it is. Returns false, and sends nothing, while read-only or not connected. */
  send(data: string | Uint8Array<ArrayBuffer>): boolean {
    const channel = this.#channel;
    if (this.#view.readOnly || !channel || channel.readyState !== channel.OPEN) return false;
    channel.send(data);
    return true;
  }

  /** Sends a key in the form that the machine's program asked for. */
  press(key: SerialKey): void {
    this.send(`\u001B${this.terminal.modes.applicationCursorKeysMode ? "O" : "["}${finals[key]}`);
  }

  /**
   * Sends text as a paste, after those that are under way. Resolves to whether all of it was sent;
   * a paste that is cut short still closes its brackets.
   */
  paste(text: string, delayMs: number, signal: AbortSignal | undefined): Promise<boolean> {
    const pasted = this.#pasting.then(() => this.#paste(text, delayMs, signal));
    this.#pasting = pasted;
    return pasted;
  }

  find(text: string, options: FindOptions): Promise<FindResult | null> {
    return this.#finder.find(text, options, this.#matchColours, this.#removal.signal);
  }

  get #matchColours(): MatchColours {
    return matchColoursOf(this.#view.theme, this.#prefersDark.matches);
  }

  /** Scrollback and screen as plain text, lines joined where the terminal wrapped them. */
  text(): string {
    const { normal, active } = this.terminal.buffer;
    const buffers = active === normal ? [normal] : [normal, active];
    return buffers.map(textOf).join("\n");
  }

  /** Scrollback and screen with their colours; empty once removed. */
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

  /** Wipes the terminal and takes it off the page. */
  remove(): void {
    this.#removal.abort();
    this.#channel = null;
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
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
    this.#prefersDark.addEventListener("change", () => this.show(this.#view), { signal });
    // Before xterm.js, which would send it at once.
    const onPaste = (event: ClipboardEvent): void => {
      event.stopPropagation();
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (text === "") return;
      event.preventDefault();
      owner.pasted(text);
    };
    this.#host.addEventListener("paste", onPaste, { capture: true, signal });
  }

  /** Sends what a keyboard would: Enter as the line ending that the machine wants. */
  #type(text: string): boolean {
    const sent = this.send(text.replaceAll("\r", endings[this.#view.lineEnding]));
    // What begins with ESC is a key that no machine shows, or brackets around a paste.
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
      await pause(delayMs, signal);
    }
    return this.#channel === channel && this.#type(after) && sent;
  }

  /** In the next frame: resizing inside the observer's callback would make it fire again. */
  #fitSoon(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#fit.fit());
  }
}

/**
 * One pixel more than the font asks for, as a multiple of its height (about 1.15 of its size): browsers round that down,
 * and an underscore, which is at the bottom, would be cut off. More would leave gaps in the lines of boxes.
 */
function lineHeight(fontSize: number): number {
  return 1 + 1.2 / (1.15 * fontSize);
}
