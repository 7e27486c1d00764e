import { isDeepStrictEqual } from "node:util";
import type { Config } from "../config/config.ts";
import { type ConfigSources, parseWritten, readWritten, variableName } from "../config/load.ts";
import { isGroup, merge, nest, valueAt, type Written } from "../config/merge.ts";
import { ConfigError, parseConfig } from "../config/schema.ts";
import type { Mapped, Mapping } from "./mapping.ts";
import { combineTokenSources } from "./token-sources.ts";

/**
 * Combines what nova.conf says with Curfew's own configuration, which overrides only the defaults of Nova.
 *
 * @throws ConfigError when a value is wrong, or when both set an option to different values; the error names both
 * places.
 */
export async function combine(
  { mapped, source }: Pick<Mapping, "mapped" | "source">,
  sources: Omit<ConfigSources, "flags">,
): Promise<Config> {
  const written = await readWritten(sources);
  if (!isGroup(written)) return parseConfig(written);
  const tokenSources = combineTokenSources(
    source,
    valueAt(written, "tokens.sources"),
    placeOf("tokens.sources", sources),
  );
  const problems = [...mapped.flatMap((each) => contradiction(each, written, sources) ?? []), ...tokenSources.problems];
  if (problems.length > 0) throw new ConfigError(problems);
  const [defaults, explicit] = [false, true].map((isExplicit) =>
    mapped
      .filter(({ place }) => (place !== undefined) === isExplicit)
      .map(({ path, value }) => nest(path, value))
      .reduce(merge, {}),
  );
  const withSources = nest("tokens.sources", tokenSources.list);
  try {
    return parseWritten([defaults ?? {}, written, explicit ?? {}, withSources].reduce<Written>(merge, {}), sources);
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    const all = [...mapped, ...tokenSources.mapped];
    throw new ConfigError(error.problems.map((problem) => withPlace(problem, all)));
  }
}

/** Puts in front of a problem where nova.conf sets the option, if it does. */
function withPlace(problem: string, mapped: readonly Mapped[]): string {
  const found = mapped.find(({ path }) => problem.startsWith(`${path}:`) || problem.startsWith(`${path}.`));
  return found?.place === undefined ? problem : `${found.place}: ${problem}`;
}

/** What both set to different values; undefined where they agree. */
function contradiction(
  { path, value, place }: Mapped,
  written: Written,
  sources: Omit<ConfigSources, "flags">,
): string | undefined {
  const other = valueAt(written, path);
  if (place === undefined || other === undefined || isDeepStrictEqual(other, value)) return undefined;
  if (isDeepStrictEqual(parsed(path, other), parsed(path, value))) return undefined;
  return (
    `${path}: expected the same value in both configurations, or only one of them, but ${placeOf(path, sources)} has ` +
    `${JSON.stringify(other)} and ${place} ${JSON.stringify(value)}`
  );
}

/** Where Curfew's own configuration sets an option. */
function placeOf(path: string, { file, env = {} }: Omit<ConfigSources, "flags">): string {
  return env[variableName(path)] === undefined ? String(file) : `the variable ${variableName(path)}`;
}

/** A value after the checks, as there are several ways to write one; something of its own where it is wrong by itself. */
function parsed(path: string, value: unknown): unknown {
  try {
    return valueAt(parseConfig(nest(path, value)), path);
  } catch {
    return Symbol("wrong");
  }
}
