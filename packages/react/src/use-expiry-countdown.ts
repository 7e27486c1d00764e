import type { ConsoleConnection } from "@curfew/client";
import { useConsoleState } from "./use-console-state.ts";
import { useTimeLeft } from "./use-time-left.ts";

/**
 * Whole seconds until the session ends, rounded up; null unless it ends soon, that is, from the
 * warning until it is renewed or over. Renders once a second, and only while it counts down.
 */
export function useExpiryCountdown(connection: ConsoleConnection | null): number | null {
  const state = useConsoleState(connection);
  const endsSoon = state.status === "connected" && state.session?.expiring === true;
  return useTimeLeft(endsSoon ? connection : null);
}
