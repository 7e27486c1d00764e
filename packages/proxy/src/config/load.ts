import { readFile } from "node:fs/promises";
import type { Config, ConfigInput } from "./config.ts";
import { ConfigError, describeOptions, parseConfig } from "./schema.ts";

type Written = Record<string, unknown>;

/** Where a configuration comes from; what stands further down wins. */
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
export async function loadConfig({ file, env = {}, flags = {} }: ConfigSources): Promise<Config> {
  const fromFile = file === undefined ? {} : await readYaml(file);
  const fromEnv = await readEnvironment(env);
  return parseConfig(merge(merge(fromFile, fromEnv), flags as Written));
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

/** Options of text whose default is none. */
const TEXT_WITHOUT_DEFAULT: ReadonlySet<string> = new Set(["cert", "key", "console.ssl_ciphers", "admin.key"]);

/**
 * Values are YAML, so that `true`, `600` and `[60, 10]` mean what they mean in the file. Where text is
 * expected they are taken as they stand: `:memory:`, `[::1]:6080` and a key of digits are other things in YAML.
 */
async function readEnvironment(env: Readonly<Record<string, string | undefined>>): Promise<Written> {
  const result: Record<string, unknown> = {};
  refuseUnknown(env);
  for (const { path, default: fallback } of describeOptions()) {
    const value = env[variableName(path)];
    if (value === undefined) continue;
    const [group = "", name] = path.split(".");
    const isText = typeof fallback === "string" || TEXT_WITHOUT_DEFAULT.has(path);
    const parsed: unknown = isText ? value : await parseVariable(variableName(path), value);
    result[group] = name === undefined ? parsed : { ...(result[group] as Written | undefined), [name]: parsed };
  }
  return result;
}

/**
 * A misspelt variable must not silently do nothing. Variables of other groups are somebody else's, and so are
 * those that Kubernetes makes for a Service of such a name (`CURFEW_ADMIN_PORT`, `CURFEW_ADMIN_SERVICE_HOST`).
 */
function refuseUnknown(env: Readonly<Record<string, string | undefined>>): void {
  const paths = describeOptions().map(({ path }) => path);
  const known = new Set(paths.map(variableName));
  const groups = new Set(paths.map((path) => variableName(path.split(".", 1)[0] ?? "")));
  const unknown = Object.keys(env).filter((name) => {
    const group = /^CURFEW_[^_]+/.exec(name)?.[0];
    return group !== undefined && groups.has(group) && !known.has(name) && !/_PORT(?:_|$)|_SERVICE_HOST$/.test(name);
  });
  if (unknown.length > 0) throw new ConfigError(unknown.map((name) => `${name}: there is no option of this name`));
}

async function parseVariable(name: string, value: string): Promise<unknown> {
  try {
    return await parseYaml(value);
  } catch {
    throw new ConfigError([`${name}: expected a YAML value, but got ${JSON.stringify(value)}`]);
  }
}

/** Loaded only when something is to be parsed: a gateway without a file starts faster. */
async function parseYaml(source: string): Promise<unknown> {
  const { parse } = await import("yaml");
  // A warning would quote the source, too.
  return parse(source, { logLevel: "error" });
}

/** Options are at most two levels deep; lists are replaced, not joined. */
function merge(base: unknown, over: Written): unknown {
  if (base === null || base === undefined) return over;
  if (!isGroup(base)) return base;
  const result: Written = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const current = result[name];
    result[name] = isGroup(current) && isGroup(value) ? { ...current, ...defined(value) } : (value ?? current);
  }
  return result;
}

function defined(group: Written): Written {
  return Object.fromEntries(Object.entries(group).filter(([, value]) => value !== undefined));
}

function isGroup(value: unknown): value is Written {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
