import type * as v from "valibot";
import { isSecretText } from "./option-schema.ts";
import { configSchema } from "./schema.ts";
import { FILE_SUFFIX } from "./secret-file.ts";

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
    case "union":
      return { anyOf: (options as readonly Node[]).map((each) => convert(each, path)) };
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
  const properties = Object.entries(entries).flatMap(([name, entry]) => {
    const inner = path === "" ? name : `${path}.${name}`;
    const property = [name, convert(entry, inner)] as const;
    return isSecret(entry) ? [property, [`${name}${FILE_SUFFIX}`, fileOf(name)] as const] : [property];
  });
  const needed = Object.entries(entries).filter(([, entry]) => !isOptional(entry));
  const required = needed.filter(([, entry]) => !isSecret(entry)).map(([name]) => name);
  const secrets = needed.filter(([, entry]) => isSecret(entry)).map(([name]) => name);
  return {
    type: "object",
    properties: Object.fromEntries(properties),
    ...(required.length > 0 && { required }),
    ...(secrets.length > 0 && { allOf: secrets.map(oneOfBoth) }),
    additionalProperties: false,
  };
}

function isSecret(entry: Node): boolean {
  return isSecretText(entry as unknown as v.GenericSchema);
}

/** The option that names the file of a secret one. */
function fileOf(name: string): JsonSchema {
  return {
    type: ["string", "null"],
    pattern: "^(/|credential:[^/]+$)",
    description: `File whose text is the value of \`${name}\`: an absolute path, or \`credential:NAME\`.`,
  };
}

function oneOfBoth(name: string): JsonSchema {
  return { oneOf: [{ required: [name] }, { required: [`${name}${FILE_SUFFIX}`] }] };
}

function isOptional({ type }: Node): boolean {
  return type === "optional" || type === "nullish";
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
