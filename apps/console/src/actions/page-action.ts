import type { ConnectionStatistics } from "@curfew/client";
import type { VncStatistics } from "@curfew/client/vnc";
import type { SettingName } from "../settings/fields.ts";
import type { MenuGroup, MenuItem } from "../shell/menu.ts";
import type { PageShell } from "../shell/page-shell.ts";
import type { ButtonFace } from "../widgets/buttons.ts";
import type { IconName } from "../widgets/icons.ts";

/** The groups of the menu More, in this order. */
export const MORE_GROUPS = ["tools", "input", "page", "theme", "end"] as const;

type MoreGroup = (typeof MORE_GROUPS)[number];

/** Where the page offers an action. */
type Placement =
  /** A toolbar button. */
  | { readonly place: "toolbar"; readonly face: ButtonFace }
  /** A toolbar button, and an item of the menu More where the bar has no room for it. `end` comes after the menu More. */
  | { readonly place: "toolbar-or-more" | "end-or-more"; readonly face: ButtonFace; readonly group: MoreGroup }
  /** An item of the menu More. */
  | { readonly place: "more"; readonly group: MoreGroup }
  /** No button or item: only its letter. */
  | { readonly place: "letter-only" };

/** Something that is done at once. */
type Command = Pick<MenuItem, "run" | "checked" | "toggles" | "enabled">;

/** A menu of things to do, grouped. */
interface Submenu {
  readonly menu: readonly MenuGroup[];
  /** A sentence at the end of the menu. */
  readonly note?: string;
}

/** How a button differs while its action is on, such as in full screen. */
interface OnState {
  readonly isOn: () => boolean;
  /** Calls `update` at each change. */
  readonly watch: (update: () => void) => void;
  readonly label?: string;
  readonly icon?: IconName;
  readonly className?: string;
}

/** One action of the page, declared once and shown as toolbar button, menu item and in the help from this declaration. */
export type PageAction = Placement &
  (Command | Submenu) & {
    readonly label: string;
    /** Its button begins a group of buttons. */
    readonly apart?: boolean;
    /** Whether the page offers it at all; by default it does. */
    readonly available?: boolean;
    /** It sends input to the machine: hidden while the console is view only. */
    readonly sendsInput?: boolean;
    /** A lower-case letter or sign that triggers it while the toolbar has the keyboard. */
    readonly letter?: string;
    /** A letter that triggers it anywhere on the page, with Ctrl + Shift. */
    readonly shortcut?: Uppercase<string>;
    readonly whileOn?: OnState;
  };

/** What the actions need from the page and its session. */
export interface ActionContext {
  /** The settings that apply to the console's type, in the order of the dialog. */
  readonly settings: readonly SettingName[];
  /** The viewer has touch gestures, which the help explains. */
  readonly hasGestures: boolean;
  /** The URL allows no input. */
  readonly viewOnly: boolean;
  readonly shell: PageShell;
  /** The machine's name, for file names. */
  readonly name: () => string;
  readonly isConnected: () => boolean;
  /** Gives the keyboard back to the console. */
  readonly refocus: () => void;
  readonly disconnect: () => void;
  /** Renews the session, where the page can. */
  readonly renew: () => void;
  readonly statistics: () => ConnectionStatistics & Partial<VncStatistics>;
  /** Aborts when the session is over: closes everything that the actions have opened. */
  readonly signal: AbortSignal;
}
