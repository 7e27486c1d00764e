import { readConfigFile } from "../read-file.ts";
import type { Config, ConfigInput } from "./config.ts";
import { isGroup, merge, nest, valueAt, type Written } from "./merge.ts";
import { findPassedSockets } from "./passed-sockets.ts";
import { groupsOf, type OptionDescription } from "./option-schema.ts";
import { nearestName } from "./nearest-name.ts";
import { FILE_SUFFIX } from "./secret-file.ts";
import { findSecretFiles, readSecretFiles, type ReadSecrets } from "./secret-options.ts";
import { ConfigError, configSchema, describeOptions, parseConfig } from "./schema.ts";

/**
 * Size above which a file is a mistake, in bytes: it has room for 8,000 networks. What parses it keeps the sessions waiting
 * when it is read again, up to half a second for a file of this size that is no YAML.
 */
const MAX_YAML_BYTES = 256 * 1024;

/** How many problems of a file that is no YAML are told: each follows from those before. */
const MAX_YAML_PROBLEMS = 10;

/** How much of each is told, in characters. */
const MAX_YAML_PROBLEM = 200;

/** Where a configuration comes from; later sources override earlier ones. */
export interface ConfigSources {
  /** A YAML file. */
  readonly file?: string | undefined;
  /** `CURFEW_*` variables, such as `CURFEW_CONSOLEAUTH_TOKEN_TTL`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /**
   * Whether a file without a byte is refused: it may be about to be written, and a gateway that reads it again would no
   * longer enforce anything. @defaultValue false
   */
  readonly refusesEmpty?: boolean | undefined;
  /** Command-line flags. */
  readonly flags?: ConfigInput | undefined;
  /** Reads only this group; all other options have their defaults. For commands that may not read every secret. */
  readonly only?: keyof ConfigInput;
  /**
   * Whether a credential of systemd has to be there. Other processes than the service itself cannot read them; where
   * this is false, such a value counts as given, and the configuration must not be used. @defaultValue true
   */
  readonly needsCredentials?: boolean;
  /** Gets a line for each thing that should be put right, but keeps nothing from working. */
  readonly warn?: ((warning: string) => void) | undefined;
}

/** A configuration, and lines for the log: what has another effect than it seems, or should be put right. */
export interface LoadedConfig {
  readonly config: Config;
  readonly warnings: readonly string[];
}

/**
 * Reads, merges and checks a configuration.
 *
 * @throws ConfigError that names everything that is wrong with the file, the variables and the values.
 */
export async function loadConfig(sources: ConfigSources): Promise<Config> {
  const { written, problems, unread } = await read(sources);
  let config: Config | undefined;
  try {
    config = parseWritten(written, sources);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    for (const problem of error.problems) {
      if (!unread.some((path) => `: ${problem}`.includes(`: ${path}:`))) problems.push(problem);
    }
  }
  if (config === undefined || problems.length > 0) throw new ConfigError(problems);
  return config;
}

/**
 * Checks what {@link readWritten} read, and fills in the defaults.
 *
 * @throws ConfigError that names the path of each wrong value, and the environment variable where one holds it.
 */
export function parseWritten(written: unknown, sources: ConfigSources): Config {
  try {
    return parseConfig(written);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    throw new ConfigError(nameVariables(error.problems, sources));
  }
}

/** Puts in front of a problem the environment variable that holds the value, if one does. */
function nameVariables(problems: readonly string[], { env = {}, flags = {} }: ConfigSources): readonly string[] {
  const fromVariables = variables()
    .map(({ path }) => path)
    .filter((path) => env[variableName(path)] !== undefined && valueAt(flags, path) === undefined);
  return problems.map((problem) => {
    const path = fromVariables.find((each) => problem.startsWith(`${each}:`) || problem.startsWith(`${each}.`));
    return path === undefined ? problem : `${variableName(path)}: ${problem}`;
  });
}

/**
 * Reads and merges a configuration without checking its values.
 *
 * @returns what the file holds where that is no group of options, which {@link parseConfig} then reports.
 * @throws ConfigError when a file cannot be read or is no YAML.
 */
export async function readWritten(sources: ConfigSources): Promise<unknown> {
  const { written, problems } = await read(sources);
  if (problems.length > 0) throw new ConfigError(problems);
  return written;
}

/** What could be read, and what could not. */
interface Read<T> {
  readonly written: T;
  readonly problems: string[];
}

async function read(sources: ConfigSources): Promise<Read<unknown> & Pick<ReadSecrets, "unread">> {
  const { file, env = {}, flags = {}, only, warn, refusesEmpty = false, needsCredentials = true } = sources;
  const fromFile: Read<unknown> =
    file === undefined ? { written: {}, problems: [] } : await readYaml(file, refusesEmpty);
  const fromEnvironment = await readEnvironment(env);
  const passed = findPassedSockets(env);
  const problems = [...fromFile.problems, ...fromEnvironment.problems, ...passed.problems];
  if (!isGroup(fromFile.written)) return { written: fromFile.written, problems, unread: [] };
  const layers = [passed.written, fromFile.written, fromEnvironment.written, flags as Written];
  const merged = layers.map((layer) => findSecretFiles(configSchema, layer)).reduce(merge);
  const wanted = only === undefined ? merged : { [only]: merged[only] };
  const credentials = { folder: env["CREDENTIALS_DIRECTORY"], areNeeded: needsCredentials };
  const secrets = await readSecretFiles(configSchema, wanted, credentials);
  for (const warning of nameVariables(secrets.warnings, sources)) warn?.(warning);
  return { ...secrets, problems: [...problems, ...nameVariables(secrets.problems, sources)] };
}

/** Every option that has an environment variable: also those that name the file of a secret. */
function variables(): readonly Pick<OptionDescription, "path" | "isText" | "isSecret">[] {
  return describeOptions().flatMap((option) =>
    option.isText && option.isSecret
      ? [option, { path: `${option.path}${FILE_SUFFIX}`, isText: true, isSecret: false }]
      : [option],
  );
}

/** The environment variable of an option: `sessions.warn_before` is `CURFEW_SESSIONS_WARN_BEFORE`. */
export function variableName(path: string): string {
  return `CURFEW_${path.replaceAll(".", "_").toUpperCase()}`;
}

async function readYaml(file: string, refusesEmpty: boolean): Promise<Read<unknown>> {
  try {
    const text = String(await readConfigFile(file, MAX_YAML_BYTES));
    if (text === "" && refusesEmpty) throw new YamlError(["expected options, but it is empty"]);
    return { written: (await parseYaml(text)) ?? {}, problems: [] };
  } catch (error) {
    const problems =
      error instanceof YamlError
        ? error.problems
        : [`cannot be read: ${shortened(error instanceof Error ? error.message : String(error))}`];
    return { written: {}, problems: problems.map((problem) => `${file}: ${problem}`) };
  }
}

/**
 * Values are YAML, so that `true`, `600` and `[60, 10]` mean what they mean in the file. Text is used
 * as is, because YAML would parse `:memory:`, `[::1]:6080` and a key of digits differently.
 */
async function readEnvironment(env: Readonly<Record<string, string | undefined>>): Promise<Read<Written>> {
  const problems = [...unknownVariables(env)];
  let written: Written = {};
  for (const option of variables()) {
    const value = env[variableName(option.path)];
    if (value === undefined) continue;
    try {
      const parsed: unknown = option.isText ? value : await parseYaml(value);
      written = merge(written, nest(option.path, parsed));
    } catch {
      const found = option.isSecret ? "" : `, but got ${JSON.stringify(value)}`;
      problems.push(`${variableName(option.path)}: expected a YAML value${found}`);
    }
  }
  return { written, problems };
}

/** The variables of secret options, which no process that the gateway starts needs. */
export function secretVariables(): readonly string[] {
  return describeOptions()
    .filter(({ isSecret }) => isSecret)
    .map(({ path }) => variableName(path));
}

/**
 * A misspelt variable must not silently do nothing. Others outside the options' groups belong to other programs, and so
 * do those that Kubernetes sets for a Service of such a name (`CURFEW_ADMIN_PORT`, `CURFEW_ADMIN_SERVICE_HOST`).
 */
function unknownVariables(env: Readonly<Record<string, string | undefined>>): readonly string[] {
  const paths = variables().map(({ path }) => path);
  const known = paths.map(variableName);
  return Object.keys(env).flatMap((name) => {
    if (!/^curfew_/i.test(name) || known.includes(name) || /_PORT(?:_|$)|_SERVICE_HOST$/.test(name)) return [];
    const member = paths.find((path) => groupsOf(path).some((group) => name.toUpperCase() === variableName(group)));
    if (member !== undefined) return [describeGroupVariable(name, member)];
    const meant = nearestName(name, known, "CURFEW_");
    const isOurs = paths.some((path) => name.startsWith(`${variableName(path.split(".", 1)[0] ?? "")}_`));
    if (meant === undefined && !isOurs) return [];
    return [`${name}: there is no option of this name${meant === undefined ? "" : `; did you mean ${meant}?`}`];
  });
}

/** @param member - the first option of the group. */
function describeGroupVariable(name: string, member: string): string {
  const group = groupsOf(member).find((each) => variableName(each) === name.toUpperCase());
  return `${name}: ${group} is a group of options; each has a variable of its own, such as ${variableName(member)}`;
}

/** Text is no YAML; a line for each problem. The lines do not quote the text, which may hold the admin key. */
class YamlError extends Error {
  override readonly name = "YamlError";
  readonly problems: readonly string[];

  constructor(problems: readonly string[]) {
    super(problems.join(", "));
    this.problems = problems;
  }
}

/** Loaded only when there is something to parse, so that a gateway without a file starts faster. */
async function parseYaml(source: string): Promise<unknown> {
  const { isCollection, LineCounter, parseDocument, visit } = await import("yaml");
  const lineCounter = new LineCounter();
  // Neither warnings nor what makes errors pretty, as they quote the source: each error all of its line. The library's own
  // search for keys that are there twice takes minutes for many.
  const options = { logLevel: "error", lineCounter, uniqueKeys: false, prettyErrors: false } as const;
  const document = withoutStacks(() => parseDocument(source, options));
  const problems = document.errors
    .slice(0, MAX_YAML_PROBLEMS)
    .map(({ code, message, pos }) =>
      code === "MULTIPLE_DOCS" ? "expected one document, but got several" : shortened(message) + placeAt(pos[0]),
    );
  visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<string>();
      for (const { key } of items) {
        // It is not written out as text: with each one that is within another, that takes twice as long.
        if (isCollection(key)) report("a key is no text", key);
        else if (keys.has(String(key))) report("a key is there twice", key);
        else keys.add(String(key));
      }
    },
  });
  if (problems.length > 0) throw new YamlError(problems);
  return document.toJS() as unknown;

  function report(problem: string, node: unknown): void {
    if (problems.length < MAX_YAML_PROBLEMS) problems.push(problem + placeOf(node));
  }

  function placeOf(node: unknown): string {
    return placeAt((node as { readonly range?: readonly number[] }).range?.[0] ?? 0);
  }

  function placeAt(offset: number): string {
    const { line, col } = lineCounter.linePos(offset);
    return ` at line ${line}, column ${col}`;
  }
}

/** Some quote what they found, which may be half of the file. */
function shortened(message: string): string {
  const [line = ""] = message.split("\n", 1);
  return line.length > MAX_YAML_PROBLEM ? `${line.slice(0, MAX_YAML_PROBLEM)}…` : line;
}

/** A file that is no YAML has an error for each character, and most of the time would go into their stacks. */
function withoutStacks<T>(run: () => T): T {
  const { stackTraceLimit } = Error;
  Error.stackTraceLimit = 0;
  try {
    return run();
  } finally {
    Error.stackTraceLimit = stackTraceLimit;
  }
}
