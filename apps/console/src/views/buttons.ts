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

/** A link that looks like a button, for what is elsewhere. Pages open beside this one, which stays as it is. */
export function textLink(label: string, href: string): HTMLAnchorElement {
  const beside = /^https?:/.test(href) ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return element("a", { class: "button button-plain", href, ...beside }, element("span", {}, label));
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
