import { type ConfiguredConnectionLimits, connectionLimits } from "./connection-limits.ts";
import { DEFAULT_MAX_PER_TOKEN, type LimitOptions } from "./slots.ts";

/** The options that {@link describeVoidLimits} compares, as configured. */
export interface ComparedLimits {
  readonly sessions: LimitOptions & { readonly max_duration: number | null; readonly idle_timeout: number | null };
  readonly connections: ConfiguredConnectionLimits;
  readonly workers: number;
}

/**
 * A line for each limit that never applies, because another one is always reached first.
 *
 * @param capacity - for how many sessions one process has descriptors.
 */
export function describeVoidLimits(
  { sessions, connections, workers }: ComparedLimits,
  capacity: number,
): readonly string[] {
  const actual = connectionLimits(connections, capacity);
  // What is only the default was not meant to apply before the others.
  const perToken = sessions.max_per_token === DEFAULT_MAX_PER_TOKEN ? null : sessions.max_per_token;
  const ofWorkers = (limit: number | null): number | null => (limit === null ? null : limit * workers);
  const each = workers === 1 ? "" : ` of ${workers} workers together`;
  const pairs = [
    ["sessions.max_per_client", sessions.max_per_client, "sessions.max", sessions.max],
    ["sessions.max_per_token", perToken, "sessions.max", sessions.max],
    ["sessions.max_per_instance", sessions.max_per_instance, "sessions.max", sessions.max],
    ["sessions.max_per_user", sessions.max_per_user, "sessions.max", sessions.max],
    ["sessions.max", sessions.max, `connections.max${each}`, ofWorkers(connections.max)],
    [
      "sessions.max_per_client",
      sessions.max_per_client,
      `connections.max_per_client${each}`,
      ofWorkers(actual.max_per_client),
    ],
    ["sessions.idle_timeout", sessions.idle_timeout, "sessions.max_duration", sessions.max_duration],
    ["connections.max_per_client", connections.max_per_client, "connections.max", actual.max],
    ["connections.max_unauthenticated", connections.max_unauthenticated, "connections.max", actual.max],
    [
      "connections.max_unauthenticated_per_client",
      connections.max_unauthenticated_per_client,
      "connections.max_unauthenticated",
      actual.max_unauthenticated,
    ],
    [
      "connections.max_unauthenticated_per_client",
      connections.max_unauthenticated_per_client,
      "connections.max_per_client",
      actual.max_per_client,
    ],
  ] as const;
  const lines = pairs.flatMap(([name, limit, other, bound]) =>
    limit !== null && bound !== null && limit > bound
      ? [`${name}: ${limit} never applies, because ${other} is ${bound}`]
      : [],
  );
  const { on_limit } = sessions;
  return on_limit !== "refuse" && sessions.max_per_instance === null && sessions.max_per_user === null
    ? [
        ...lines,
        `sessions.on_limit: ${on_limit} never applies, because neither sessions.max_per_instance nor sessions.max_per_user is set`,
      ]
    : lines;
}
