import { createElement } from "../../ui/dom.ts";
import { focusedIn } from "./focus.ts";

/** Options of {@link createButtonBar}. */
export interface ButtonBarOptions {
  readonly label: string;
  readonly buttons: readonly HTMLElement[];
  /** Keys that act while the toolbar has the keyboard. The console does not receive them. */
  readonly letters: ReadonlyMap<string, () => void>;
  /** Called on Escape: gives the keyboard back to the console. */
  readonly onLeave: () => void;
}

/** Creates a toolbar after the ARIA pattern: one tab stop, with arrow keys, Home and End between the buttons. */
export function createButtonBar({ label, buttons, letters, onLeave }: ButtonBarOptions): HTMLElement {
  const toolbar = createElement(
    "div",
    { role: "toolbar", "aria-label": label, class: "tools", part: "toolbar" },
    ...buttons,
  );

  const makeTabStop = (stop: HTMLElement): void => {
    for (const button of buttons) button.tabIndex = button === stop ? 0 : -1;
  };
  if (buttons[0] !== undefined) makeTabStop(buttons[0]);

  toolbar.addEventListener("focusin", (event) => {
    if (event.target instanceof HTMLElement && buttons.includes(event.target)) makeTabStop(event.target);
  });
  toolbar.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      onLeave();
      return;
    }
    const act = event.ctrlKey || event.altKey || event.metaKey ? undefined : letters.get(event.key.toLowerCase());
    if (act !== undefined) {
      event.preventDefault();
      act();
      return;
    }
    const stops = buttons.filter((button) => button.checkVisibility() && !button.matches(":disabled"));
    const at = stops.findIndex((button) => button === focusedIn(toolbar));
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1 + stops.length, Home: 0, End: stops.length - 1 }[event.key];
    if (at === -1 || to === undefined) return;
    event.preventDefault();
    stops[to % stops.length]?.focus();
  });
  return toolbar;
}

/** Focuses the toolbar's tab stop, or its first visible button where the tab stop is hidden. */
export function focusToolbar(toolbar: HTMLElement): void {
  const buttons = [...toolbar.querySelectorAll<HTMLElement>("button")].filter((button) => button.checkVisibility());
  (buttons.find((button) => button.tabIndex === 0) ?? buttons[0])?.focus();
}
