import type { ButtonFace } from "../widgets/buttons.ts";
import type { MenuGroup, MenuItem } from "../widgets/menu.ts";

/** The groups of the menu More, in this order. */
export const MORE_GROUPS: readonly MoreGroup[] = ["tools", "input", "page", "theme", "end"];

/** A group of the menu More. */
export type MoreGroup = "tools" | "input" | "page" | "theme" | "end";

/** Where an action is offered. */
export type ToolPlace =
  /** A toolbar button. */
  | { readonly place: "toolbar"; readonly face: ButtonFace }
  /** A toolbar button, and an item of the menu More where the bar has no room for it. `end` comes after the menu More. */
  | { readonly place: "toolbar-or-more" | "end-or-more"; readonly face: ButtonFace; readonly group: MoreGroup }
  /** An item of the menu More. */
  | { readonly place: "more"; readonly group: MoreGroup }
  /** No button or item: only its letter. */
  | { readonly place: "letter-only" };

/** Something that is done at once. */
export type ToolCommand = Pick<MenuItem, "run" | "checked" | "toggles" | "enabled">;

/** A menu of things to do, grouped. */
export interface ToolMenu {
  readonly menu: readonly MenuGroup[];
  /** A sentence at the end of the menu. */
  readonly note?: string;
}

/** How a button differs while its action is on, such as in full screen. */
export interface ToolState {
  readonly isOn: () => boolean;
  /** Calls `update` at each change. */
  readonly watch: (update: () => void) => void;
  readonly label?: string;
  readonly icon?: Element;
  readonly className?: string;
}

/** An action, declared once and shown as toolbar button and menu item from this declaration. */
export type Tool = ToolPlace &
  (ToolCommand | ToolMenu) & {
    readonly label: string;
    /** Its button begins a group of buttons. */
    readonly apart?: boolean;
    /** Whether it is offered at all; by default it is. */
    readonly available?: boolean;
    /** It sends input to the machine: hidden while the console is view only. */
    readonly sendsInput?: boolean;
    /** A lower-case letter or sign that triggers it while the toolbar has the keyboard focus. */
    readonly letter?: string;
    /** A letter that triggers it anywhere on the page, with Ctrl + Shift. */
    readonly shortcut?: Uppercase<string>;
    readonly whileOn?: ToolState;
  };
