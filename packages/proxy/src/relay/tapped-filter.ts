import type { ClientFilter } from "../consoles/client-filter.ts";
import type { Tap } from "./tap.ts";

/**
 * A filter that shows taps what another filter lets pass, or everything; `filter` itself if none wants to see it.
 *
 * @param hold - given the promise of a tap that wants the client held back; undefined if it does not.
 */
export function tapFilter(
  filter: ClientFilter | undefined,
  taps: readonly Tap[],
  hold: (released: Promise<void> | undefined) => void,
): ClientFilter | undefined {
  const watching = taps.filter((tap) => "takeFromClient" in tap);
  if (watching.length === 0) return filter;
  return {
    filter(bytes) {
      const passed = filter === undefined ? bytes : filter.filter(bytes);
      if (passed.length === 0) return passed;
      for (const tap of watching) hold(tap.takeFromClient?.(passed));
      return passed;
    },
  };
}
