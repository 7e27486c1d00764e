import { element } from "./element.ts";
import { icon, type IconName } from "./icons.ts";

/** A button with words, for cards, dialogs and the banner. */
export function textButton(
  label: string,
  onPress: () => void,
  options: { readonly kind?: "primary" | "plain" | "quiet"; readonly icon?: IconName } = {},
): HTMLButtonElement {
  const button = element(
    "button",
    { type: "button", class: `button button-${options.kind ?? "plain"}` },
    options.icon === undefined ? null : icon(options.icon),
    element("span", {}, label),
  );
  button.addEventListener("click", onPress);
  return button;
}

/** A toolbar button: an icon with its name as a tooltip, or words where no icon would be understood. */
export function toolButton(
  label: string,
  onPress: (button: HTMLButtonElement) => void,
  options: { readonly icon: IconName } | { readonly text: string },
): HTMLButtonElement {
  const content = "icon" in options ? icon(options.icon) : element("span", {}, options.text);
  const button = element("button", { type: "button", class: "tool", "aria-label": label, title: label }, content);
  if ("text" in options) button.classList.add("tool-text");
  button.addEventListener("click", () => {
    onPress(button);
  });
  return button;
}
