import type { ConsoleOptions } from "../options.ts";
import type { ConsoleEvents } from "../state.ts";

/** Colours of the terminal; `auto` follows the person's system setting. */
export type SerialTheme = "dark" | "light" | "auto";

/** Options of a {@link SerialConsole}. */
export interface SerialOptions extends Omit<ConsoleOptions, "waitForViewer"> {
  /** CSS pixels. @defaultValue 14 */
  fontSize?: number;
  /** Lines kept above the screen. @defaultValue 5000 */
  scrollback?: number;
  /** @defaultValue `"auto"` */
  theme?: SerialTheme;
  /** Keeps a copy of the screen for screen readers. @defaultValue false */
  screenReader?: boolean;
  /** Sends nothing that is typed or pasted. @defaultValue false */
  readOnly?: boolean;
}

/** Events of {@link SerialConsole.on}. */
export interface SerialEvents extends ConsoleEvents {
  /** The machine set a window title (OSC 0 or 2). */
  title: { readonly title: string };
  /** The terminal's size changed, in characters. A plain serial line cannot tell the machine. */
  resize: { readonly cols: number; readonly rows: number };
  bell: undefined;
}
