import { createElement, setText } from "../../ui/dom.ts";

/** The visible content of a toolbar button: an icon, or text where no icon would be understood. */
export type ButtonFace =
  | { readonly icon: Element }
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
  const content: Element = "icon" in face ? face.icon : createElement("span", {}, face.text);
  const attributes = { type: "button", class: "tool", part: "tool", "aria-label": label, title: label };
  const button = createElement("button", attributes, content);
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

/** A button with a text label, for dialogs and rows. */
export function textButton(
  label: string,
  onPress: () => void,
  { kind = "plain", icon }: { readonly kind?: "primary" | "plain" | "quiet"; readonly icon?: Element } = {},
): HTMLButtonElement {
  const button = createElement(
    "button",
    { type: "button", class: `button button-${kind}`, part: "button" },
    icon,
    createElement("span", {}, label),
  );
  button.addEventListener("click", onPress);
  return button;
}
