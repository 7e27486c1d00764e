import { readFile } from "node:fs/promises";
import type { Config, ConfigInput } from "./config.ts";
import { isGroup, merge, nest, valueAt, type Written } from "./merge.ts";
import { groupsOf, type OptionDescription } from "./option-schema.ts";
import { nearestName } from "./nearest-name.ts";
import { ConfigError, describeOptions, parseConfig } from "./schema.ts";

/** Where a configuration comes from; later sources override earlier ones. */
export interface ConfigSources {
  /** A YAML file. */
  readonly file?: string | undefined;
  /** `CURFEW_*` variables, such as `CURFEW_CONSOLEAUTH_TOKEN_TTL`. */
  readonly env?: Readonly<Record<string, string | undefined>> | undefined;
  /** Command-line flags. */
  readonly flags?: ConfigInput | undefined;
}

/**
 * Reads, merges and checks a configuration.
 *
 * @throws ConfigError when a file cannot be read or a value is wrong.
 */
export async function loadConfig(sources: ConfigSources): Promise<Config> {
  return parseWritten(await readWritten(sources), sources);
}

/**
 * Checks what {@link readWritten} read, and fills in the defaults.
 *
 * @throws ConfigError that names the path of each wrong value, and the environment variable where one holds it.
 */
export function parseWritten(written: unknown, { env = {}, flags = {} }: ConfigSources): Config {
  try {
    return parseConfig(written);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const fromVariables = describeOptions()
      .map(({ path }) => path)
      .filter((path) => env[variableName(path)] !== undefined && valueAt(flags, path) === undefined);
    throw new ConfigError(
      error.problems.map((problem) => {
        const path = fromVariables.find((each) => problem.startsWith(`${each}:`) || problem.startsWith(`${each}.`));
        return path === undefined ? problem : `${variableName(path)}: ${problem}`;
      }),
    );
  }
}

/**
 * Reads and merges a configuration without checking its values.
 *
 * @returns what the file holds where that is no group of options, which {@link parseConfig} then reports.
 * @throws ConfigError when a file cannot be read or is no YAML.
 */
export async function readWritten({ file, env = {}, flags = {} }: ConfigSources): Promise<unknown> {
  const fromFile = file === undefined ? {} : ((await readYaml(file)) ?? {});
  const over = merge(await readEnvironment(env), flags as Written);
  return isGroup(fromFile) ? merge(fromFile, over) : fromFile;
}

/** The environment variable of an option: `sessions.warn_before` is `CURFEW_SESSIONS_WARN_BEFORE`. */
export function variableName(path: string): string {
  return `CURFEW_${path.replaceAll(".", "_").toUpperCase()}`;
}

async function readYaml(file: string): Promise<unknown> {
  const source = await readFile(file, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new ConfigError([`${file}: cannot be read: ${error.message}`]);
  });
  try {
    return await parseYaml(source);
  } catch (error) {
    // Only the first line: those after it quote the file, which may hold the admin key.
    const [problem] = String(error instanceof Error ? error.message : error).split(/:?\n/, 1);
    throw new ConfigError([`${file}: ${problem}`]);
  }
}

/**
 * Values are YAML, so that `true`, `600` and `[60, 10]` mean what they mean in the file. Text is used
 * as is, because YAML would parse `:memory:`, `[::1]:6080` and a key of digits differently.
 */
async function readEnvironment(env: Readonly<Record<string, string | undefined>>): Promise<Written> {
  refuseUnknown(env);
  let result: Written = {};
  for (const option of describeOptions()) {
    const value = env[variableName(option.path)];
    if (value === undefined) continue;
    const parsed: unknown = option.isText ? value : await parseVariable(option, value);
    result = merge(result, nest(option.path, parsed));
  }
  return result;
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
function refuseUnknown(env: Readonly<Record<string, string | undefined>>): void {
  const paths = describeOptions().map(({ path }) => path);
  const known = paths.map(variableName);
  const problems = Object.keys(env).flatMap((name) => {
    if (!/^curfew_/i.test(name) || known.includes(name) || /_PORT(?:_|$)|_SERVICE_HOST$/.test(name)) return [];
    const member = paths.find((path) => groupsOf(path).some((group) => name.toUpperCase() === variableName(group)));
    if (member !== undefined) return [describeGroupVariable(name, member)];
    const meant = nearestName(name, known, "CURFEW_");
    const isOurs = paths.some((path) => name.startsWith(`${variableName(path.split(".", 1)[0] ?? "")}_`));
    if (meant === undefined && !isOurs) return [];
    return [`${name}: there is no option of this name${meant === undefined ? "" : `; did you mean ${meant}?`}`];
  });
  if (problems.length > 0) throw new ConfigError(problems);
}

/** @param member - the first option of the group. */
function describeGroupVariable(name: string, member: string): string {
  const group = groupsOf(member).find((each) => variableName(each) === name.toUpperCase());
  return `${name}: ${group} is a group of options; each has a variable of its own, such as ${variableName(member)}`;
}

async function parseVariable({ path, isSecret }: OptionDescription, value: string): Promise<unknown> {
  try {
    return await parseYaml(value);
  } catch {
    const found = isSecret ? "" : `, but got ${JSON.stringify(value)}`;
    throw new ConfigError([`${variableName(path)}: expected a YAML value${found}`]);
  }
}

/** Loaded only when there is something to parse, so that a gateway without a file starts faster. */
async function parseYaml(source: string): Promise<unknown> {
  const { parse } = await import("yaml");
  // A warning would quote the source, too.
  return parse(source, { logLevel: "error" });
}
