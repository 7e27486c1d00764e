import { configSchema } from "./schema.ts";

/** A JSON Schema (draft 2020-12), or a part of one. */
type JsonSchema = Readonly<Record<string, unknown>>;

/** Options whose default is another one on each machine. */
const WITHOUT_DEFAULT: ReadonlySet<string> = new Set(["tokens.path"]);

/** What the functions here look at in a Valibot schema, and in the steps of its pipe. */
interface Node {
  readonly kind: string;
  readonly type: string;
  readonly pipe?: readonly Node[];
  readonly wrapped?: Node;
  readonly default?: unknown;
  readonly entries?: Readonly<Record<string, Node>>;
  readonly item?: Node;
  readonly options?: readonly (Node | string)[];
  readonly literal?: unknown;
  readonly requirement?: unknown;
  readonly description?: string;
}

/** The JSON Schema of a configuration file, for editors. The gateway itself checks more than it says. */
export function jsonSchema(): JsonSchema {
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Configuration of Curfew",
    ...convert(configSchema, ""),
  };
}

/** @param path - dotted path of the option or group. */
function convert(node: Node, path: string): JsonSchema {
  const { pipe } = node;
  if (pipe === undefined) return convertPlain(node, path);
  const schema = pipe.findLast(({ kind }) => kind === "schema");
  const base = schema === undefined ? {} : convert(schema, path);
  return pipe.reduce<JsonSchema>((result, step) => ({ ...result, ...constraint(step, result) }), base);
}

function convertPlain(node: Node, path: string): JsonSchema {
  const { type, wrapped, entries, item, options, literal } = node;
  if (wrapped !== undefined) return convertWrapped(node, wrapped, path);
  if (entries !== undefined) return convertGroup(entries, path);
  if (item !== undefined) return { type: "array", items: convert(item, `${path}.*`) };
  switch (type) {
    case "variant":
      return { oneOf: (options as readonly Node[]).map((each) => convert(each, path)) };
    case "picklist":
      return { type: "string", enum: options };
    case "literal":
      return { const: literal };
    case "string":
    case "number":
    case "boolean":
      return { type };
    default:
      return {};
  }
}

function convertWrapped({ type, default: value }: Node, wrapped: Node, path: string): JsonSchema {
  const inner = convert(wrapped, path);
  if (type === "optional") return WITHOUT_DEFAULT.has(path) ? inner : { ...inner, default: value };
  // A group that is left empty in YAML is null.
  const { enum: values } = inner as { readonly enum?: readonly unknown[] };
  return { ...inner, type: [inner["type"], "null"], ...(values !== undefined && { enum: [...values, null] }) };
}

function convertGroup(entries: Readonly<Record<string, Node>>, path: string): JsonSchema {
  const properties = Object.entries(entries).map(
    ([name, entry]) => [name, convert(entry, path === "" ? name : `${path}.${name}`)] as const,
  );
  const required = Object.keys(entries).filter((name) => !isOptional(entries[name]));
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    additionalProperties: false,
  };
}

function isOptional(node: Node | undefined): boolean {
  return node !== undefined && (node.type === "optional" || node.type === "nullish");
}

/** What a step of a pipe adds. */
function constraint({ type, requirement, description }: Node, { type: of }: JsonSchema): JsonSchema {
  switch (type) {
    case "description":
      return { description };
    case "safe_integer":
      return { type: "integer" };
    case "min_value":
      return { minimum: requirement };
    case "max_value":
      return { maximum: requirement };
    case "gt_value":
      return { exclusiveMinimum: requirement };
    case "regex":
      return { pattern: (requirement as RegExp).source };
    case "non_empty":
      return { minLength: 1 };
    case "min_length":
      return of === "array" ? { minItems: requirement } : { minLength: requirement };
    default:
      return {};
  }
}
