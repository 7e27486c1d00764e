import * as v from "valibot";
import { isGroup, type Written } from "./merge.ts";
import { groupOf, isSecretText, type SchemaNode, unwrap } from "./option-schema.ts";
import { type Credentials, FILE_SUFFIX, SecretFile } from "./secret-file.ts";

/**
 * Takes `X_file` for `X` wherever `X` is a secret option: its value then is a {@link SecretFile}, until
 * {@link readSecretFiles} reads it.
 *
 * @param written - one configuration, before it is merged with others.
 */
export function findSecretFiles(schema: SchemaNode, written: Written): Written {
  const visit = (node: SchemaNode | undefined, value: unknown, path: string): unknown => {
    const item = node && unwrap(node).item;
    if (Array.isArray(value)) return value.map((each, index) => (item ? visit(item, each, `${path}${index}.`) : each));
    if (node === undefined || !isGroup(value)) return value;
    const entries = groupOf(node, value)?.entries ?? {};
    const files = Object.entries(value).flatMap(([name, file]) => {
      const secret = secretOf(name, entries);
      return secret === undefined ? [] : [[secret, new SecretFile(`${path}${name}`, file, value[secret])] as const];
    });
    const given = new Map(files.filter(([, file]) => file.isGiven));
    const others = Object.entries(value)
      .filter(([name]) => !given.has(name) && secretOf(name, entries) === undefined)
      .map(([name, inner]) => [name, visit(entryOf(name, entries), inner, `${path}${name}.`)] as const);
    return Object.fromEntries([...others, ...given]);
  };
  return visit(schema, written, "") as Written;
}

type Entries = Readonly<Record<string, SchemaNode>>;

/** The secret option whose file an option names; undefined where it is another option. */
function secretOf(name: string, entries: Entries): string | undefined {
  if (!name.endsWith(FILE_SUFFIX) || entryOf(name, entries) !== undefined) return undefined;
  const secret = name.slice(0, -FILE_SUFFIX.length);
  const entry = entryOf(secret, entries);
  return entry !== undefined && isSecretText(entry) ? secret : undefined;
}

/** Not what every object has, such as `constructor`. */
function entryOf(name: string, entries: Entries): SchemaNode | undefined {
  return Object.hasOwn(entries, name) ? entries[name] : undefined;
}

/** What {@link readSecretFiles} has read. */
export interface ReadSecrets {
  /** Without the values that could not be read. */
  readonly written: unknown;
  /** A line for each of those. */
  readonly problems: readonly string[];
  /** What should be put right, a line each. */
  readonly warnings: readonly string[];
  /** Paths of the secret options that have no value because of one of the problems. */
  readonly unread: readonly string[];
}

/** What takes the place of a credential that cannot be read here: the first that its option accepts. */
const STAND_INS = [
  "user:a-credential-of-systemd",
  "0".repeat(64),
  "redis://a.credential.of.systemd",
  ...["mysql", "rabbit"].map((scheme) => `${scheme}://a.credential.of.systemd/nova`),
];

/**
 * Reads the files that {@link findSecretFiles} has found, in what was merged from several configurations.
 */
export async function readSecretFiles(
  schema: SchemaNode,
  merged: unknown,
  credentials: Credentials,
): Promise<ReadSecrets> {
  const problems: string[] = [];
  const warnings: string[] = [];
  const unread: string[] = [];
  const read = async (file: SecretFile, node: SchemaNode): Promise<unknown> => {
    try {
      const { text, warning } = (await file.read(credentials)) ?? {};
      if (text === undefined) return STAND_INS.find((each) => v.is(node, each)) ?? file;
      const [issue] = v.safeParse(node, text, { abortPipeEarly: true }).issues ?? [];
      if (issue !== undefined) throw new Error(file.describe(issue.message));
      if (warning !== undefined) warnings.push(warning);
      return text;
    } catch (error) {
      problems.push((error as Error).message);
      unread.push(file.path);
      return file;
    }
  };
  const visit = async (node: SchemaNode | undefined, value: unknown): Promise<unknown> => {
    if (node === undefined) return value;
    if (value instanceof SecretFile) return await read(value, node);
    const { item } = unwrap(node);
    if (Array.isArray(value)) return await Promise.all(value.map(async (each) => await visit(item, each)));
    if (!isGroup(value)) return value;
    const entries = groupOf(node, value)?.entries ?? {};
    const inner = Object.entries(value).map(
      async ([name, each]) => [name, await visit(entryOf(name, entries), each)] as const,
    );
    return Object.fromEntries(await Promise.all(inner));
  };
  return { written: await visit(schema, merged), problems, warnings, unread };
}
