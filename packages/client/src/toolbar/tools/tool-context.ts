import type { ToolbarTexts } from "../locales/types.ts";

/** The icons of the tools. */
export type IconName =
  | "a-arrow-down"
  | "a-arrow-up"
  | "arrow-down"
  | "arrow-left"
  | "arrow-right"
  | "arrow-up"
  | "camera"
  | "check"
  | "clipboard-paste"
  | "copy"
  | "download"
  | "ellipsis"
  | "eraser"
  | "keyboard"
  | "maximize"
  | "minimize"
  | "proportions";

/** What a row of keys needs of the page around it. */
export interface KeyRowContext {
  readonly texts: ToolbarTexts;
  readonly icon: (name: IconName) => Element;
  /** Aborts when the session is over. */
  readonly signal: AbortSignal;
}

/** What the tools need of the page around them. */
export interface ToolContext extends KeyRowContext {
  /** No tool that sends input is offered. */
  readonly viewOnly: boolean;
  /** The machine's name, for file names. */
  readonly name: () => string;
  readonly isConnected: () => boolean;
  /** Gives the keyboard back to the console. */
  readonly refocus: () => void;
  /** Tells the user what came of an action. */
  readonly notify: (text: string, tone?: "good" | "problem") => void;
  /** Adds a menu to the page, which the button opens, until `signal` aborts. */
  readonly addMenu: (menu: HTMLElement) => void;
  /** The console is view only from now on, or no longer: the tools that send input are hidden. */
  readonly setViewOnly: (viewOnly: boolean) => void;
  /** Shows a row of keys, or none. */
  readonly setKeyRow: (row: HTMLElement | undefined) => void;
}
