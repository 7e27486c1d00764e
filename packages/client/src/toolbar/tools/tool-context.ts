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
  | "case-sensitive"
  | "check"
  | "chevron-down"
  | "chevron-up"
  | "clipboard-paste"
  | "copy"
  | "download"
  | "ellipsis"
  | "eraser"
  | "keyboard"
  | "maximize"
  | "minimize"
  | "proportions"
  | "regex"
  | "search"
  | "whole-word"
  | "x";

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
  /**
   * Shows a row over the console's upper edge, or none. The console keeps its size.
   *
   * @param onGone - called once `row` is no longer shown, for any reason
   */
  readonly setTray: (row: HTMLElement | undefined, onGone?: () => void) => void;
  /** Adds a dialog to the page and opens it as a modal one. */
  readonly showDialog: (dialog: HTMLDialogElement) => void;
  /**
   * Waits for a part of the tools that is loaded on demand. Resolves to undefined when the session ends in the meantime,
   * and, after telling the user, where it cannot be loaded.
   */
  readonly load: <Part>(part: Promise<Part>) => Promise<Part | undefined>;
}
