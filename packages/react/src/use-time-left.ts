import type { ConsoleConnection } from "@curfew/client";
import { useCallback, useSyncExternalStore } from "react";

const getNull = (): null => null;

/**
 * Whole seconds until the session ends, rounded up; null while there is no session, or none that
 * ends. Renders once a second while it counts down.
 */
export function useTimeLeft(connection: ConsoleConnection | null): number | null {
  const subscribe = useCallback(
    (notify: () => void) => {
      if (!connection) return () => {};
      const stop = new AbortController();
      connection.on("tick", notify, { signal: stop.signal });
      connection.on("state", notify, { signal: stop.signal });
      return () => stop.abort();
    },
    [connection],
  );
  const read = useCallback(() => {
    const leftMs = connection?.timeLeft() ?? null;
    return leftMs === null ? null : Math.ceil(leftMs / 1000);
  }, [connection]);
  return useSyncExternalStore(subscribe, read, getNull);
}
