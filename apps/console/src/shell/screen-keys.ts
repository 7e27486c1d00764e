import { createElement } from "@curfew/client/ui";
import { icon, type IconName } from "../widgets/icons.ts";

export interface ScreenKey {
  readonly label: string;
  readonly icon?: IconName;
  readonly onPress: () => void;
  /** Present on keys that can be held down. */
  readonly held?: () => boolean;
}

/**
 * A row of keys for touch, below the console. Its keys leave the focus, and so the keyboard, where it is.
 *
 * @param extra - a further element at the end of the row
 */
export function createScreenKeys(
  label: string,
  keys: readonly ScreenKey[],
  extra?: HTMLElement,
): { readonly root: HTMLElement; readonly update: () => void } {
  const buttons = keys.map((key) => {
    const button = createElement(
      "button",
      { type: "button", class: "screen-key", "aria-label": key.label },
      key.icon === undefined ? key.label : icon(key.icon),
    );
    button.addEventListener("pointerdown", (event) => {
      event.preventDefault();
    });
    button.addEventListener("click", key.onPress);
    return button;
  });
  const update = (): void => {
    for (const [index, key] of keys.entries()) {
      if (key.held !== undefined) buttons[index]?.setAttribute("aria-pressed", String(key.held()));
    }
  };
  update();
  return {
    root: createElement("section", { "aria-label": label, class: "screen-keys" }, ...buttons, extra),
    update,
  };
}
