import { isGroup } from "../config/merge.ts";
import type { Mapped } from "./mapping.ts";

/** The token sources of both configurations. */
export interface CombinedTokenSources {
  readonly list: unknown;
  /** Those that nova.conf sets, with their paths in the configuration. */
  readonly mapped: readonly Mapped[];
  readonly problems: readonly string[];
}

/**
 * Puts the source `nova` before those of Curfew's own configuration. If that has one, too, its options are added to it:
 * those that nova.conf has no name for.
 *
 * @param mapped - options of the source that nova.conf sets.
 * @param written - `tokens.sources` as written.
 * @param place - where that is.
 */
export function combineTokenSources(mapped: readonly Mapped[], written: unknown, place: string): CombinedTokenSources {
  const fromNova = Object.fromEntries(mapped.map(({ path, value }) => [path, value]));
  if (written !== undefined && written !== null && !Array.isArray(written)) {
    return { list: written, mapped: [], problems: [] };
  }
  const others: readonly unknown[] = written ?? [];
  const index = others.findIndex((each) => isGroup(each) && each["type"] === "nova");
  const own = isGroup(others[index]) ? others[index] : {};
  const source = { type: "nova", ...own, ...fromNova };
  const prefix = `tokens.sources.${Math.max(index, 0)}`;
  const problems = mapped
    .filter(({ path, value }) => (own[path] ?? value) !== value)
    .map(
      ({ path, place: inNova }) =>
        `${prefix}.${path}: expected the same URL in both configurations, or only one of them, but ` +
        `${place} and ${inNova} have different ones`,
    );
  if (!("database" in source) && !("api_database" in source)) {
    problems.push("[database] connection: expected the URL of the database in which Nova keeps its console tokens");
  }
  return {
    list: index < 0 ? [source, ...others] : others.with(index, source),
    mapped: mapped.map((each) => ({ ...each, path: `${prefix}.${each.path}` })),
    problems,
  };
}
