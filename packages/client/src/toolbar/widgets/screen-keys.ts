import { createElement } from "../../ui/dom.ts";

/** A key of the row. */
export interface ScreenKey {
  readonly label: string;
  /** Shown in place of the label. */
  readonly icon?: Element;
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
      { type: "button", class: "screen-key", part: "key", "aria-label": key.label },
      key.icon ?? key.label,
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
    root: createElement("section", { "aria-label": label, class: "screen-keys", part: "keys" }, ...buttons, extra),
    update,
  };
}
