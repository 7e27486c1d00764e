type Child = Node | string | null;
type Attributes = Readonly<Record<string, string | boolean | null>>;

/**
 * Creates an element. Attributes that are `false` or `null` are left out and `true` is the empty
 * string; children that are `null` are left out. Text is always text, never markup.
 */
export function element<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: readonly Child[]
): HTMLElementTagNameMap[K] {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== false && value !== null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child !== null));
  return node;
}

/** Sets `node`'s text only when it changes, so that selections and live regions are left alone. */
export function setText(node: Node, text: string): void {
  if (node.textContent !== text) node.textContent = text;
}
