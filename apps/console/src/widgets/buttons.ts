import { createElement, setText } from "@curfew/client/ui";
import { icon, type IconName } from "./icons.ts";

/** A button with a text label, for cards, dialogs and the banner. */
export function textButton(
  label: string,
  onPress: () => void,
  options: { readonly kind?: "primary" | "plain" | "quiet"; readonly icon?: IconName } = {},
): HTMLButtonElement {
  const button = createElement(
    "button",
    { type: "button", class: `button button-${options.kind ?? "plain"}` },
    options.icon === undefined ? undefined : icon(options.icon),
    createElement("span", {}, label),
  );
  button.addEventListener("click", onPress);
  return button;
}

/** A link that looks like a button. Web pages open in a new tab. */
export function textLink(label: string, href: string): HTMLAnchorElement {
  const newTab = /^https?:/.test(href) ? { target: "_blank", rel: "noopener noreferrer" } : {};
  return createElement("a", { class: "button button-plain", href, ...newTab }, createElement("span", {}, label));
}

/** The visible content of a toolbar button: an icon, or text where no icon would be understood. */
export type ButtonFace =
  | { readonly icon: IconName }
  | {
      readonly text: string;
      /** Reports the text whenever it changes. */
      readonly follow?: (listener: (text: string) => void) => void;
    };

/** A toolbar button. Its label is its accessible name and its tooltip. */
export function toolButton(
  label: string,
  onPress: (button: HTMLButtonElement) => void,
  face: ButtonFace,
): HTMLButtonElement {
  const content: Element = "icon" in face ? icon(face.icon) : createElement("span", {}, face.text);
  const button = createElement("button", { type: "button", class: "tool", "aria-label": label, title: label }, content);
  if ("text" in face) {
    button.classList.add("tool-text");
    const show = (text: string): void => {
      setText(content, text);
      // The name contains what is visible (WCAG 2.5.3).
      button.setAttribute("aria-label", `${label}: ${text}`);
    };
    if (face.follow !== undefined) show(face.text);
    face.follow?.(show);
  }
  button.addEventListener("click", () => {
    onPress(button);
  });
  return button;
}
