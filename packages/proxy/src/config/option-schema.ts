import * as v from "valibot";
import { nearestName } from "./nearest-name.ts";
import { FILE_SUFFIX } from "./secret-file.ts";

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

const NO_GROUP = "expected a group of options";

/** Options by name. Unknown names are refused: a mistyped option must not silently do nothing. */
export function options<const E extends v.ObjectEntries>(entries: E): v.StrictObjectSchema<E, string> {
  return v.strictObject(entries, NO_GROUP);
}

/** Refuses a list where {@link options} belong: Valibot takes it for an object, and an empty one for their defaults. */
export function noList<const S extends v.GenericSchema>(
  schema: S,
): v.SchemaWithPipe<readonly [v.UnknownSchema, v.CheckAction<unknown, string>, S]> {
  return v.pipe(
    v.unknown(),
    v.check((input) => !Array.isArray(input), NO_GROUP),
    schema,
  );
}

/** A group within {@link options}. One that is absent, or empty in YAML (null), takes all its defaults. */
export function group<const E extends v.ObjectEntries>(
  entries: E,
): v.GenericSchema<unknown, v.InferOutput<v.StrictObjectSchema<E, string>>> {
  return v.nullish(noList(options(entries)), {} as never);
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
    const isText = isTextSchema(entry);
    return [{ path: inner, default: v.getDefault(entry), description, isText, isSecret: hasSecret(entry) }];
  });
}

/** The groups that an option is in, such as `nova` and `nova.rpc`. */
export function groupsOf(path: string): readonly string[] {
  const names = path.split(".");
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join("."));
}

/** How much of a name or value is repeated, in characters. */
const MAX_QUOTED = 500;

/** An issue for every unknown name: Valibot has one for the first of a group only. */
export function withAllUnknownNames(
  schema: v.GenericSchema,
  issues: readonly v.BaseIssue<unknown>[],
): readonly v.BaseIssue<unknown>[] {
  return issues.flatMap((issue): readonly v.BaseIssue<unknown>[] => {
    const [last, ...above] = unknownName(issue)?.toReversed() ?? [];
    const parent = nodeAt(schema, above.toReversed());
    const known = parent && groupOf(parent, last?.input)?.entries;
    if (last?.type !== "object" || known === undefined) return [issue];
    const unknown = Object.entries(last.input).filter(([key]) => !Object.hasOwn(known, key));
    return unknown.map(([key, value]) => {
      const [first, ...rest] = [...above.toReversed(), { ...last, key, value }];
      return first === undefined ? issue : { ...issue, input: value, path: [first, ...rest] };
    });
  });
}

/** The path of a name that does not exist, if the issue is about one. */
function unknownName({ type, expected, path }: v.BaseIssue<unknown>): readonly v.IssuePathItem[] | undefined {
  return type === "strict_object" && expected === "never" ? path : undefined;
}

/** One line for an issue: the path, what was expected, and what was found unless that is secret. */
export function describeIssue(schema: v.GenericSchema, issue: v.BaseIssue<unknown>): string {
  const path = shortened(v.getDotPath(issue) ?? "(top level)");
  const unknown = unknownName(issue);
  if (unknown !== undefined) {
    const meant = nearestOption(schema, unknown);
    return `${path}: there is no such option${meant === undefined ? "" : `; did you mean ${meant}?`}`;
  }
  if (issue.type === "strict_object" && issue.received === "undefined") return `${path}: expected a value`;
  return `${path}: ${shortened(issue.message)}${found(schema, issue)}`;
}

function found(schema: v.GenericSchema, { message, input, path }: v.BaseIssue<unknown>): string {
  if (message.includes("but got")) return "";
  if (Array.isArray(input)) return ", but got a list";
  if (typeof input === "object" && input !== null) return ", but got a group of options";
  const wrong = nodeAt(schema, path ?? []);
  return wrong === undefined || hasSecret(wrong)
    ? ""
    : `, but got ${shortened(withoutPassword(JSON.stringify(input)))}`;
}

/** A value that is far too long is recognized by how it begins. */
function shortened(text: string): string {
  return text.length <= MAX_QUOTED ? text : `${text.slice(0, MAX_QUOTED)}…`;
}

/** A URL may name a user and a password. */
function withoutPassword(text = "undefined"): string {
  return text.replaceAll(/\/\/[^/@\s]*@/g, "//[hidden]@");
}

/** The option or group that is probably meant by a path that does not exist. */
function nearestOption(schema: SchemaNode, path: readonly v.IssuePathItem[]): string | undefined {
  const names = path.map(({ key }) => String(key));
  const parent = nodeAt(schema, path.slice(0, -1));
  // The options of an entry of a list have no other path than this one.
  const entries = (parent && groupOf(parent, path.at(-1)?.input))?.entries ?? {};
  const siblings = Object.entries(entries).flatMap(([name, entry]) => withFile(name, isSecretText(entry)));
  const known = [...pathsIn(schema), ...siblings.map((name) => [...names.slice(0, -1), name].join("."))];
  const nearest = nearestName(names.join("_"), known.map(underscored), "");
  return known.find((each) => underscored(each) === nearest);
}

/** The paths of all options and groups. */
function pathsIn(schema: SchemaNode): readonly string[] {
  const paths = describe(schema).flatMap(({ path, isText, isSecret }) => withFile(path, isText && isSecret));
  return [...new Set(paths.flatMap((path) => [...groupsOf(path), path]))];
}

/** The name of an option, and that of the option that names its file. */
function withFile(name: string, isSecret: boolean): readonly string[] {
  return isSecret ? [name, `${name}${FILE_SUFFIX}`] : [name];
}

function underscored(path: string): string {
  return path.replaceAll(".", "_");
}

/** What the functions here look at in a schema. */
export type SchemaNode = v.GenericSchema & {
  readonly wrapped?: SchemaNode;
  readonly pipe?: readonly (SchemaNode | { readonly kind: "validation" | "transformation" | "metadata" })[];
  /** Of a group. */
  readonly entries?: Readonly<Record<string, SchemaNode>>;
  /** Of a list. */
  readonly item?: SchemaNode;
  /** Of a union of groups: the option that tells its members, in `options`, from each other. */
  readonly key?: string;
  readonly options?: readonly SchemaNode[];
};

/** The schema of a value, without what makes it optional and what is checked besides. */
export function unwrap(node: SchemaNode): SchemaNode {
  const inner = node.wrapped ?? schemasIn(node).at(-1);
  return inner === undefined ? node : unwrap(inner);
}

function schemasIn({ pipe = [] }: SchemaNode): readonly SchemaNode[] {
  return pipe.filter((step) => step.kind === "schema");
}

/** The schema of the value that an issue is about; undefined where there is no option of that name. */
function nodeAt(schema: SchemaNode, path: readonly v.IssuePathItem[]): SchemaNode | undefined {
  let node: SchemaNode | undefined = schema;
  for (const { key, input } of path) {
    node = unwrap(node).item ?? groupOf(node, input)?.entries?.[String(key)];
    if (node === undefined) return undefined;
  }
  return node;
}

/** The group that a value is meant to be. */
export function groupOf(node: SchemaNode, input: unknown): SchemaNode | undefined {
  const group = unwrap(node);
  return group.key === undefined ? group : memberFor(group, group.key, input);
}

/** The member of a union that a value is meant to be; the first if none fits, as then the discriminator is wrong. */
function memberFor(
  { options: members = [] }: SchemaNode,
  discriminator: string,
  input: unknown,
): SchemaNode | undefined {
  const value = (input as Readonly<Record<string, unknown>>)[discriminator];
  return members.find(({ entries = {} }) => v.is(entries[discriminator] ?? v.never(), value)) ?? members[0];
}

function isTextSchema(node: SchemaNode): boolean {
  return /^(?:string|picklist)$/.test(unwrap(node).type);
}

/** A file that an option names, with the path of the option. */
export interface NamedFile {
  readonly path: string;
  readonly file: string;
}

/** The files that the options of a value name. */
export function namedFiles(schema: SchemaNode, value: unknown, path = ""): readonly NamedFile[] {
  if (typeof value === "string") return namesFile(schema) ? [{ path, file: value }] : [];
  if (typeof value !== "object" || value === null) return [];
  const { item } = unwrap(schema);
  const entries = groupOf(schema, value)?.entries ?? {};
  return Object.entries(value).flatMap(([name, inner]) => {
    const node = item ?? entries[name];
    return node === undefined ? [] : namedFiles(node, inner, path === "" ? name : `${path}.${name}`);
  });
}

function namesFile(node: SchemaNode): boolean {
  const steps = [node.wrapped, ...schemasIn(node)];
  return v.getMetadata(node)["file"] === true || steps.some((step) => step !== undefined && namesFile(step));
}

/** Whether the value is a secret, and may therefore be read from a file. */
export function isSecretText(node: SchemaNode): boolean {
  return isTextSchema(node) && hasSecret(node);
}

/** Whether the value is secret, or may hold something that is. */
function hasSecret(node: SchemaNode): boolean {
  if (v.getMetadata(node)["secret"] === true) return true;
  const { wrapped, entries = {}, item } = node;
  const steps = schemasIn(node);
  const members = node.key === undefined ? [] : (node.options ?? []);
  return [wrapped, item, ...steps, ...Object.values(entries), ...members].some(
    (each) => each !== undefined && hasSecret(each),
  );
}
