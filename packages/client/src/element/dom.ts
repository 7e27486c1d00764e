import { type ElementAttributes, type ElementChild, createElement } from "../ui/dom.ts";

/** Creates an HTML element with a name for styling: a class inside the shadow root, and a part for the page. */
export function part<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  name: string,
  attributes: ElementAttributes,
  ...children: readonly ElementChild[]
): HTMLElementTagNameMap[Tag] {
  return createElement(tag, { class: name, part: name, ...attributes }, ...children);
}

/** Creates a button. It ignores clicks while it has `aria-disabled`. */
export function button(
  label: string,
  onClick: () => void,
  emphasis: "primary" | "normal" | "quiet",
): HTMLButtonElement {
  const created = createElement("button", { type: "button", part: `button ${emphasis}`, class: emphasis }, label);
  created.addEventListener("click", () => {
    if (created.ariaDisabled !== "true") onClick();
  });
  return created;
}
