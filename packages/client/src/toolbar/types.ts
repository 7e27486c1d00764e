import type { CurfewSerialElement, CurfewVncElement } from "../element/types.ts";
import type { ToolbarTexts } from "./locales/types.ts";
import type { ConsoleWithTools } from "./tools/console-tools.ts";

/** What a toolbar is for: an element, or a console that the page has created itself. */
export type ToolbarTarget = CurfewVncElement | CurfewSerialElement | ConsoleWithTools;

/** `<curfew-toolbar>`. It takes the texts of its `lang`, of an ancestor, the page or the browser. */
export interface CurfewToolbarElement extends HTMLElement {
  /** The attribute `for`: the id of the console's element, in the same document or shadow root. */
  htmlFor: string;
  /** What the toolbar is for, in place of the attribute `for`. @defaultValue null */
  target: ToolbarTarget | null;
  /** The texts to show instead of those for `lang`. */
  texts: ToolbarTexts | undefined;
  /** Moves the keyboard focus to the toolbar. */
  focus(): void;
}

declare global {
  interface HTMLElementTagNameMap {
    "curfew-toolbar": CurfewToolbarElement;
  }
}
