/** Attributes by name: `true` sets an empty attribute; `false`, `null` and `undefined` set none. */
export type ElementAttributes = Readonly<Record<string, string | boolean | null | undefined>>;

/** A child node, or text. `null` and `undefined` are left out. */
export type ElementChild = Node | string | null | undefined;

/** Creates an HTML element. Strings become text, never markup. */
export function createElement<Tag extends keyof HTMLElementTagNameMap>(
  tag: Tag,
  attributes: ElementAttributes = {},
  ...children: readonly ElementChild[]
): HTMLElementTagNameMap[Tag] {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value || value === "") element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
}

/** Sets the text of a node only if it changes, so that selections and live regions are left alone. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
