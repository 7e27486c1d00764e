import * as v from "valibot";

/** An option with a default, and the sentence that the options table shows. */
export function option<const S extends v.GenericSchema, const D extends v.InferInput<S>>(
  value: S,
  fallback: D,
  sentence: string,
): v.SchemaWithPipe<
  readonly [v.OptionalSchema<S, D>, v.DescriptionAction<v.InferOutput<v.OptionalSchema<S, D>>, string>]
> {
  return v.pipe(v.optional(value, fallback), v.description(sentence));
}

/** A value that no error quotes, such as a key. */
export function secret<const S extends v.GenericSchema>(
  value: S,
): v.SchemaWithPipe<readonly [S, v.MetadataAction<v.InferOutput<S>, { readonly secret: true }>]> {
  return v.pipe(value, v.metadata({ secret: true } as const));
}

/** Options by name. Unknown names are refused: a mistyped option must not silently do nothing. */
export function options<const E extends v.ObjectEntries>(entries: E): v.StrictObjectSchema<E, string> {
  return v.strictObject(entries, "expected a group of options");
}

/** A group within {@link options}. One that is absent, or empty in YAML (null), takes all its defaults. */
export function group<const E extends v.ObjectEntries>(
  entries: E,
): v.GenericSchema<unknown, v.InferOutput<v.StrictObjectSchema<E, string>>> {
  return v.nullish(options(entries), {} as never);
}

/** An option as the options table shows it. */
export interface OptionDescription {
  /** Dotted path, such as `sessions.warn_before`. */
  readonly path: string;
  readonly default: unknown;
  readonly description: string;
  /** Whether the value is text, and an environment variable is therefore used as is. */
  readonly isText: boolean;
  /** Whether an error must not quote the value. */
  readonly isSecret: boolean;
}

/** Every option, in the order of the schema. */
export function describe(schema: v.GenericSchema, path = ""): readonly OptionDescription[] {
  return Object.entries(unwrap(schema).entries ?? {}).flatMap(([name, entry]) => {
    const inner = path === "" ? name : `${path}.${name}`;
    const description = v.getDescription(entry);
    if (description === undefined) return describe(entry, inner);
    const isText = /^(?:string|picklist)$/.test(unwrap(entry).type);
    return [{ path: inner, default: v.getDefault(entry), description, isText, isSecret: hasSecret(entry) }];
  });
}

/** One line for an issue: the path, what was expected, and what was found unless that is secret. */
export function describeIssue(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): string {
  const path = v.getDotPath(issue) ?? "(top level)";
  if (issue.type === "strict_object" && issue.path !== undefined && issue.expected === "never") {
    return `${path}: there is no such option`;
  }
  if (issue.type === "strict_object" && issue.received === "undefined") return `${path}: expected a value`;
  return `${path}: ${issue.message}${found(schema, issue)}`;
}

function found(schema: v.GenericSchema, { message, input, path }: v.BaseIssue<unknown>): string {
  if (message.includes("but got")) return "";
  if (Array.isArray(input)) return ", but got a list";
  if (typeof input === "object" && input !== null) return ", but got a group of options";
  const wrong = nodeAt(schema, path ?? []);
  return wrong === undefined || hasSecret(wrong) ? "" : `, but got ${withoutPassword(JSON.stringify(input))}`;
}

/** A URL may name a user and a password. */
function withoutPassword(text: string | undefined): string | undefined {
  return text?.replaceAll(/\/\/[^/@\s]*@/g, "//[hidden]@");
}

/** What the functions here look at in a schema. */
type Node = v.GenericSchema & {
  readonly wrapped?: Node;
  /** Of a group. */
  readonly entries?: Readonly<Record<string, Node>>;
  /** Of a list. */
  readonly item?: Node;
  /** Of a union of groups: the option that tells its members, in `options`, from each other. */
  readonly key?: string;
  readonly options?: readonly Node[];
};

function unwrap(node: Node): Node {
  return node.wrapped === undefined ? node : unwrap(node.wrapped);
}

/** The schema of the value that an issue is about; undefined where there is no option of that name. */
function nodeAt(schema: Node, path: readonly v.IssuePathItem[]): Node | undefined {
  let node: Node | undefined = schema;
  for (const { key, input } of path) {
    const parent = unwrap(node);
    const group = parent.key === undefined ? parent : memberFor(parent, parent.key, input);
    node = parent.item ?? group?.entries?.[String(key)];
    if (node === undefined) return undefined;
  }
  return node;
}

/** The member of a union that a value is meant to be; the first if none fits, as then the discriminator is wrong. */
function memberFor({ options: members = [] }: Node, discriminator: string, input: unknown): Node | undefined {
  const value = (input as Readonly<Record<string, unknown>>)[discriminator];
  return members.find(({ entries = {} }) => v.is(entries[discriminator] ?? v.never(), value)) ?? members[0];
}

/** Whether the value is secret, or may hold something that is. */
function hasSecret(node: Node): boolean {
  if (v.getMetadata(node)["secret"] === true) return true;
  const { wrapped, entries = {}, item } = node;
  const members = node.key === undefined ? [] : (node.options ?? []);
  return [wrapped, item, ...Object.values(entries), ...members].some((each) => each !== undefined && hasSecret(each));
}
