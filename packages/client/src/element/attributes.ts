/** How the text of an attribute becomes a value. */
export type AttributeType = "flag" | "number" | "text";

/** The attributes that are options: `view-only` is the option `viewOnly`. */
export type AttributeTypes = Readonly<Record<string, AttributeType>>;

/** The name of the option that an attribute stands for. */
export function optionOf(attribute: string): string {
  return attribute.replaceAll(/-(.)/g, (_match, letter: string) => letter.toUpperCase());
}

/**
 * The option's value in an attribute; undefined when the attribute is absent.
 *
 * @throws RangeError for a number that is none.
 */
export function attributeValue(element: Element, name: string, type: AttributeType): unknown {
  const text = element.getAttribute(name);
  if (text === null) return undefined;
  if (type === "flag") return true;
  if (type === "text") return text;
  if (text.trim() === "" || Number.isNaN(Number(text))) {
    throw new RangeError(`attribute ${name}: expected a number, got ${JSON.stringify(text)}`);
  }
  return Number(text);
}

/** The options that an element's attributes name. */
export function optionsIn(element: Element, attributes: AttributeTypes): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(attributes)) {
    const value = attributeValue(element, name, type);
    if (value !== undefined) options[optionOf(name)] = value;
  }
  return options;
}
