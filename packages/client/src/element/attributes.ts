/** How the text of an attribute is converted to a value. */
export type AttributeType = "flag" | "number" | "text";

/** Attributes by name: `view-only` is the option `viewOnly`. */
export type AttributeTypes = Readonly<Record<string, AttributeType>>;

/** The name of the option that an attribute sets. */
export function optionOf(attribute: string): string {
  return attribute.replaceAll(/-(.)/g, (_match, letter: string) => letter.toUpperCase());
}

/**
 * Reads an option from an attribute; undefined if the attribute is absent. A flag is off with the value `false`, as
 * frameworks write it.
 *
 * @throws RangeError for an invalid number.
 */
export function attributeValue(element: Element, name: string, type: AttributeType): unknown {
  const text = element.getAttribute(name);
  if (text === null) return undefined;
  if (type === "flag") return text !== "false";
  if (type === "text") return text;
  if (text.trim() === "" || Number.isNaN(Number(text))) {
    throw new RangeError(`attribute ${name}: expected a number, got ${JSON.stringify(text)}`);
  }
  return Number(text);
}

/** Sets an attribute so that {@link attributeValue} reads `value`; undefined and null remove it. */
export function setAttributeValue(
  element: Element,
  name: string,
  value: string | number | boolean | undefined | null,
): void {
  if (value === undefined || value === null) element.removeAttribute(name);
  else element.setAttribute(name, value === true ? "" : String(value));
}

/** Reads all options from an element's attributes. */
export function optionsIn(element: Element, attributes: AttributeTypes): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [name, type] of Object.entries(attributes)) {
    const value = attributeValue(element, name, type);
    if (value !== undefined) options[optionOf(name)] = value;
  }
  return options;
}
