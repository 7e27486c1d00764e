import type { FitAddon } from "@xterm/addon-fit";
import type { Terminal } from "@xterm/xterm";
import type { SerialSize } from "./options.ts";

/** A size that changes many times in a row, such as a window's, is followed once it is stable. */
const STABLE_MS = 150;
/** A shown element without a size for this long is a mistake in the page. */
const UNSIZED_MS = 1000;

/** Keeps the terminal's size: that of its element, or a fixed one. */
export class Sizing {
  readonly #terminal: Terminal;
  readonly #host: HTMLElement;
  readonly #fit: FitAddon;
  readonly #observer: ResizeObserver;
  #size: SerialSize = "fit";
  #fitted = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #frame = 0;
  #unsized: ReturnType<typeof setTimeout> | undefined;

  /** @param onUnsized - called if the element is shown but has no height or width */
  constructor(terminal: Terminal, host: HTMLElement, fit: FitAddon, onUnsized: () => void) {
    this.#terminal = terminal;
    this.#host = host;
    this.#fit = fit;
    this.#observer = new ResizeObserver(() => this.#resized());
    this.#observer.observe(host);
    this.#unsized = setTimeout(() => {
      if (!this.#hasSize && host.checkVisibility()) onUnsized();
    }, UNSIZED_MS);
  }

  /** Applies a size, and a changed font. */
  apply(size: SerialSize): void {
    this.#size = size;
    this.#host.style.overflow = size === "fit" ? "hidden" : "auto";
    this.#soon();
  }

  stop(): void {
    this.#observer.disconnect();
    clearTimeout(this.#timer);
    clearTimeout(this.#unsized);
    cancelAnimationFrame(this.#frame);
  }

  /** Without a size, as in a hidden tab of the page, a fit would cut the text for good. */
  get #hasSize(): boolean {
    return this.#host.clientWidth > 0 && this.#host.clientHeight > 0;
  }

  #resized(): void {
    clearTimeout(this.#timer);
    if (!this.#hasSize) return;
    if (this.#fitted) this.#timer = setTimeout(() => this.#resize(), STABLE_MS);
    else this.#soon();
  }

  /** Before the next repaint: resizing in the observer's callback would call it again. */
  #soon(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#resize());
  }

  #resize(): void {
    if (this.#size === "fit") {
      if (!this.#hasSize) return;
      this.#fit.fit();
    } else {
      this.#terminal.resize(this.#size.cols, this.#size.rows);
    }
    this.#fitted = true;
    this.#widen();
  }

  /** Makes the terminal's element as large as its text, so that the host scrolls over a fixed size. */
  #widen(): void {
    const { element } = this.#terminal;
    if (!element) return;
    const screen = element.querySelector<HTMLElement>(".xterm-screen");
    const fixed = this.#size !== "fit";
    element.style.minWidth = fixed ? (screen?.style.width ?? "") : "";
    element.style.minHeight = fixed ? (screen?.style.height ?? "") : "";
  }
}
