import type { AttachAddon } from "@xterm/addon-attach";
import type { FitAddon } from "@xterm/addon-fit";
import type { IBuffer, ITerminalOptions, Terminal } from "@xterm/xterm";
import type { ConsoleChannel } from "../channel.ts";
import { coloursOf } from "./colours.ts";
import type { SerialTheme } from "./options.ts";

/** The modules that a screen is made of; loaded in browsers only. */
export interface XtermLibrary {
  readonly Terminal: typeof Terminal;
  readonly AttachAddon: typeof AttachAddon;
  readonly FitAddon: typeof FitAddon;
}

/** What can be changed while the screen is up. */
export interface ScreenView {
  fontSize: number;
  readOnly: boolean;
  theme: SerialTheme;
}

/** What a {@link Screen} tells. */
export interface ScreenOwner {
  title(title: string): void;
  resize(cols: number, rows: number): void;
  bell(): void;
  missingStyles(): void;
}

/** One terminal in an element: from the first connection until the console is closed. */
export class Screen {
  readonly terminal: Terminal;
  readonly #library: XtermLibrary;
  readonly #host: HTMLElement;
  readonly #fit: FitAddon;
  readonly #observer: ResizeObserver;
  readonly #prefersDark = matchMedia("(prefers-color-scheme: dark)");
  readonly #removal = new AbortController();
  #view: ScreenView;
  #frame = 0;

  constructor(
    library: XtermLibrary,
    host: HTMLElement,
    view: ScreenView,
    options: Pick<ITerminalOptions, "scrollback" | "screenReaderMode">,
    owner: ScreenOwner,
  ) {
    this.#library = library;
    this.#host = host;
    this.#view = view;
    this.terminal = new library.Terminal({
      ...options,
      cursorBlink: true,
      fontFamily: "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace",
    });
    this.#fit = new library.FitAddon();
    this.terminal.loadAddon(this.#fit);
    this.terminal.onTitleChange((title) => owner.title(title));
    this.terminal.onResize(({ cols, rows }) => owner.resize(cols, rows));
    this.terminal.onBell(() => owner.bell());
    this.show(view);
    this.terminal.open(host);
    const { textarea } = this.terminal;
    if (textarea && getComputedStyle(textarea).position !== "absolute") owner.missingStyles();
    this.#prefersDark.addEventListener("change", () => this.show(this.#view), { signal: this.#removal.signal });
    this.#observer = new ResizeObserver(() => this.#fitSoon());
    this.#observer.observe(host);
    this.#fit.fit();
  }

  /** Applies what can change while the screen is up. */
  show(view: ScreenView): void {
    this.#view = view;
    const theme = coloursOf(view.theme, this.#prefersDark.matches);
    Object.assign(this.terminal.options, { fontSize: view.fontSize, disableStdin: view.readOnly, theme });
    this.#host.style.background = theme.background ?? "";
    this.#fitSoon();
  }

  /** Connects the terminal with the channel of an attempt, which must be open. */
  attach(channel: ConsoleChannel): void {
    this.terminal.loadAddon(new this.#library.AttachAddon(channel));
  }

  /** Scrollback and screen as plain text, lines joined where the terminal wrapped them. */
  text(): string {
    const { normal, active } = this.terminal.buffer;
    const buffers = active === normal ? [normal] : [normal, active];
    return buffers.map(textOf).join("\n");
  }

  /** Wipes the terminal and takes it off the page. */
  remove(): void {
    this.#removal.abort();
    this.#observer.disconnect();
    cancelAnimationFrame(this.#frame);
    this.terminal.reset();
    this.terminal.dispose();
    this.#host.replaceChildren();
    this.#host.style.background = "";
  }

  /** In the next frame: resizing inside the observer's callback would make it fire again. */
  #fitSoon(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#fit.fit());
  }
}

function textOf(buffer: IBuffer): string {
  let text = "";
  for (let row = 0; row < buffer.length; row += 1) {
    const line = buffer.getLine(row);
    const wraps = buffer.getLine(row + 1)?.isWrapped ?? false;
    text += (line?.translateToString(!wraps) ?? "") + (wraps ? "" : "\n");
  }
  return text.trimEnd();
}
