import type { FitAddon } from "@xterm/addon-fit";
import type { Unicode11Addon } from "@xterm/addon-unicode11";
import type { WebLinksAddon } from "@xterm/addon-web-links";
import type { ILinkHandler, Terminal } from "@xterm/xterm";
import type { ConsoleChannel } from "../../connection/channel/channel.ts";
import { loadSerialize } from "./addons.ts";
import { bufferText } from "./buffer-text.ts";
import { colorsOf, type MatchColors, matchColorsOf } from "./colors.ts";
import { CoverShift } from "./cover.ts";
import { Finder } from "./finder.ts";
import { MachineInput } from "./machine-input.ts";
import { MachineOutput } from "./machine-output.ts";
import type { FindOptions, FindResult, SerialOptions, SerialRenderer, SerialView } from "./options.ts";
import type { PasteProgress } from "../progress.ts";
import { chooseRenderer } from "./renderer.ts";
import { RESET_MODES } from "./reset.ts";
import { copiesSelection } from "./shortcuts.ts";
import { Sizing } from "./sizing.ts";
import { scrollByTouch } from "./touch-scroll.ts";
import { followLink } from "./web-links.ts";

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
  pasteProgress(progress: PasteProgress): void;
  /** The user presses the keys that copy, or selected text with {@link SerialView.copyOnSelect}. */
  copy(): void;
  /** Whether the browser may copy the selected text. */
  mayCopy(text: string): boolean;
  /** Console bytes arrived or were sent. */
  transferred(direction: "output" | "input", bytes: Uint8Array): void;
  /** Something in the page is missing that the terminal needs. */
  warn(message: string): void;
}

/** A terminal in an element, from the first connection until the console is closed. */
export class Screen {
  readonly terminal: Terminal;
  readonly input: MachineInput;
  readonly shift: CoverShift;
  readonly #output: MachineOutput;
  readonly #host: HTMLElement;
  readonly #finder: Finder;
  readonly #sizing: Sizing;
  readonly #prefersDark = matchMedia("(prefers-color-scheme: dark)");
  readonly #removal = new AbortController();
  #view: SerialView;
  #channel: ConsoleChannel | undefined;

  constructor(library: XtermLibrary, host: HTMLElement, view: SerialView, options: ScreenOptions, owner: ScreenOwner) {
    this.#host = host;
    this.#view = view;
    const follow = (event: MouseEvent, url: string): void => void followLink(url, event, options.onLink);
    const terminal = (this.terminal = new library.Terminal({
      scrollback: options.scrollback,
      screenReaderMode: options.screenReader,
      cursorBlink: true,
      // A right click copies what the user selected; by default it selects a word on a Mac.
      rightClickSelectsWord: false,
      // A serial machine does not know the size, so it does not print its line again.
      reflowCursorLine: true,
      // WCAG AA, for colors that the machine sets and for marked matches.
      minimumContrastRatio: 4.5,
      // For the character widths of Unicode 11 and for marked matches.
      allowProposedApi: true,
      linkHandler: { activate: follow } satisfies ILinkHandler,
    }));
    const fit = new library.FitAddon();
    terminal.loadAddon(fit);
    this.#finder = new Finder(terminal);
    if (library.WebLinksAddon) terminal.loadAddon(new library.WebLinksAddon(follow));
    if (library.Unicode11Addon) {
      terminal.loadAddon(new library.Unicode11Addon());
      terminal.unicode.activeVersion = "11";
    }
    this.input = new MachineInput(terminal, view, {
      sent: (bytes) => owner.transferred("input", bytes),
      pasteProgress: (progress) => owner.pasteProgress(progress),
      isTelnet: () => this.#output.telnet,
    });
    this.#output = new MachineOutput(terminal, {
      received: (bytes) => owner.transferred("output", bytes),
      reply: (bytes) => void this.input.reply(bytes),
    });
    this.#listen(owner);
    // The renderer measures the font when it opens.
    this.#setOptions();
    terminal.open(host);
    this.#sizing = new Sizing(terminal, host, fit, () =>
      owner.warn("the element of the console has no size: give it a width and a height"),
    );
    this.shift = new CoverShift(terminal, host);
    this.apply(view);
    void chooseRenderer(terminal, options.renderer, this.#removal.signal);
    const { textarea } = terminal;
    // xterm's own setting applies to all terminals in the page.
    if (textarea && options.label !== undefined) textarea.ariaLabel = options.label;
    if (textarea && getComputedStyle(textarea).position !== "absolute")
      owner.warn("xterm.css is missing: import @xterm/xterm/css/xterm.css into the page");
  }

  /** The channel of the last attempt that the terminal was connected to. */
  get channel(): ConsoleChannel | undefined {
    return this.#channel;
  }

  /** Applies the settings that can change while the screen is shown. */
  apply(view: SerialView): void {
    this.#view = view;
    this.input.view = view;
    this.#output.encoding = view.encoding;
    this.#setOptions();
    this.#finder.recolor(this.#matchColors);
    this.#sizing.apply(view.size);
  }

  /** Connects the terminal to the channel of an attempt. The channel must be open. */
  attach(channel: ConsoleChannel): void {
    this.#channel = channel;
    this.input.channel = channel;
    this.#output.attach(channel);
  }

  /** Resets the terminal's modes; the screen stays. */
  resetModes(): void {
    this.terminal.write(RESET_MODES);
    // The machine can change it with the mode LNM.
    this.terminal.options.convertEol = this.#view.convertEol;
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

  /** Clears the terminal and removes it from the page, with output that it has not printed yet. */
  remove(): void {
    this.#removal.abort();
    this.#output.stop();
    this.input.cancelPaste();
    this.input.channel = undefined;
    this.#sizing.stop();
    this.shift.stop();
    this.terminal.reset();
    this.terminal.dispose();
    this.#host.replaceChildren();
    this.#host.style.background = "";
  }

  #setOptions(): void {
    const { convertEol, fontFamily, fontSize, viewOnly: disableStdin } = this.#view;
    const theme = colorsOf(this.#view.theme, this.#prefersDark.matches);
    const font = { fontFamily, fontSize, lineHeight: lineHeight(fontSize) };
    Object.assign(this.terminal.options, { ...font, convertEol, disableStdin, theme });
    this.#host.style.background = theme.background ?? "";
  }

  #listen(owner: ScreenOwner): void {
    const { terminal, input } = this;
    const { signal } = this.#removal;
    terminal.onTitleChange((title) => owner.title(title));
    terminal.onResize(({ cols, rows }) => owner.resize(cols, rows));
    terminal.onBell(() => owner.bell());
    terminal.onData((data) => input.typed(data));
    terminal.onBinary((data) => input.send(Uint8Array.from(data, (character) => character.charCodeAt(0))));
    terminal.attachCustomKeyEventHandler((event) => {
      if (!copiesSelection(event)) return true;
      // Otherwise the browser opens its developer tools.
      event.preventDefault();
      if (event.type === "keydown") owner.copy();
      return false;
    });
    const copySelection = (): void => {
      if (terminal.hasSelection()) owner.copy();
    };
    // After xterm.js has finished the selection.
    const onMouseUp = (): unknown => this.#view.copyOnSelect && setTimeout(copySelection);
    this.#host.addEventListener("mouseup", onMouseUp, { signal });
    scrollByTouch(terminal, this.#host, signal);
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
    // Before xterm.js and the browser, which would copy the selection.
    const onCopy = (event: ClipboardEvent): void => {
      if (owner.mayCopy(terminal.getSelection())) return;
      event.preventDefault();
      event.stopPropagation();
    };
    this.#host.addEventListener("copy", onCopy, { capture: true, signal });
  }
}

/**
 * One pixel more than the font's height (about 1.15 of its size), as a multiple of that height: browsers
 * round it down, which would cut off underscores. More would leave gaps in box-drawing characters.
 */
function lineHeight(fontSize: number): number {
  return 1 + 1.2 / (1.15 * fontSize);
}
