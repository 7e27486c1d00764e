import type { Terminal } from "@xterm/xterm";

/** How much of the element's top and bottom something else covers, in CSS pixels. */
export interface SerialCover {
  readonly top: number;
  readonly bottom: number;
}

/** Nothing is covered. */
export const UNCOVERED: SerialCover = { top: 0, bottom: 0 };

/**
 * Moves the terminal inside its element, without changing its size, so that what the user looks at is not
 * covered: the selected match of a search, or else the line with the cursor.
 */
export class CoverShift {
  readonly #terminal: Terminal;
  readonly #host: HTMLElement;
  #cover = UNCOVERED;
  #frame = 0;

  constructor(terminal: Terminal, host: HTMLElement) {
    this.#terminal = terminal;
    this.#host = host;
    const soon = (): void => {
      if (this.#cover.top + this.#cover.bottom > 0) this.#soon();
    };
    terminal.onCursorMove(soon);
    terminal.onSelectionChange(soon);
    terminal.onResize(soon);
  }

  set cover(cover: SerialCover) {
    this.#cover = cover;
    this.#soon();
  }

  stop(): void {
    cancelAnimationFrame(this.#frame);
  }

  #soon(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = requestAnimationFrame(() => this.#shift());
  }

  #shift(): void {
    const { element, rows } = this.#terminal;
    const screen = element?.querySelector<HTMLElement>(".xterm-screen");
    if (!element || !screen) return;
    const { top, bottom } = this.#cover;
    const height = screen.clientHeight / rows;
    const y = this.#row() * height;
    const lowest = this.#host.clientHeight - bottom - height;
    const shift = Math.max(top - y, 0) || Math.min(lowest - y, 0);
    element.style.translate = top + bottom > 0 && shift !== 0 ? `0 ${Math.round(shift)}px` : "";
  }

  /** The row that must be visible, from the top of the screen. */
  #row(): number {
    const { baseY, cursorY, viewportY } = this.#terminal.buffer.active;
    const selected = this.#terminal.getSelectionPosition();
    const row = selected ? selected.start.y - viewportY : baseY + cursorY - viewportY;
    return Math.max(0, Math.min(row, this.#terminal.rows - 1));
  }
}
