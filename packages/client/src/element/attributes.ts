/** How an attribute becomes an option. */
export interface AttributeOption {
  readonly option: string;
  readonly type: "flag" | "number" | "text";
  /** Whether the option is also a property of the console and follows the attribute while it is open. */
  readonly live: boolean;
}

/** Options by attribute. */
export type AttributeOptions = Readonly<Record<string, AttributeOption>>;

/**
 * The option's value in an attribute; undefined when the attribute is absent.
 *
 * @throws RangeError for a number that is none.
 */
export function attributeValue(element: Element, name: string, type: AttributeOption["type"]): unknown {
  const text = element.getAttribute(name);
  if (text === null) return undefined;
  if (type === "flag") return true;
  if (type === "text") return text;
  const number = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(number)) throw new RangeError(`attribute ${name}: expected a number, got ${JSON.stringify(text)}`);
  return number;
}

/** The options that an element's attributes name. */
export function optionsOf(element: Element, attributes: AttributeOptions): Record<string, unknown> {
  const options: Record<string, unknown> = {};
  for (const [name, { option, type }] of Object.entries(attributes)) {
    const value = attributeValue(element, name, type);
    if (value !== undefined) options[option] = value;
  }
  return options;
}
