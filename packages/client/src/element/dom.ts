/** Creates an element of HTML with attributes and children; null children are left out. */
export function html<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string | null)[]
): HTMLElementTagNameMap[Tag] {
  const created = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) created.setAttribute(name, value);
  created.append(...children.filter((child) => child !== null));
  return created;
}

/** As {@link html}, with a name to style it by: as a class in here, and as a part in the page. */
export function part<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  name: string,
  attributes: Readonly<Record<string, string>>,
  ...children: readonly (Node | string | null)[]
): HTMLElementTagNameMap[Tag] {
  return html(tag, { class: name, part: name, ...attributes }, ...children);
}

/** Sets the text only where it differs, so that nothing is announced or painted twice. */
export function setText(node: Element, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}

/** Creates a button. Clicks are ignored while it has `aria-disabled`. */
export function button(
  label: string,
  onClick: () => void,
  emphasis: "primary" | "normal" | "quiet",
): HTMLButtonElement {
  const created = html("button", { type: "button", part: `button ${emphasis}`, class: emphasis }, label);
  created.addEventListener("click", () => {
    if (created.ariaDisabled !== "true") onClick();
  });
  return created;
}
