import type { ConsoleConnection } from "@curfew/client";
import { Countdown } from "@curfew/client/ui";
import { useCallback, useSyncExternalStore } from "react";
import { useConsoleState } from "./use-console-state.ts";

const secondsUntil = (time: number): number => Math.max(0, Math.ceil((time - performance.now()) / 1000));
const getNull = (): null => null;

/**
 * Whole seconds until the session ends, rounded up; null unless it ends soon, that is, from the
 * warning until it is renewed or over. Renders once a second, and only while it counts down.
 */
export function useExpiryCountdown(connection: ConsoleConnection | null): number | null {
  const state = useConsoleState(connection);
  const session = state.status === "connected" ? state.session : null;
  const expiresAt = session?.expiring ? session.expiresAt : null;
  const subscribe = useCallback(
    (notify: () => void) => {
      const countdown = new Countdown();
      if (expiresAt !== null) countdown.start(expiresAt, notify);
      return () => countdown.stop();
    },
    [expiresAt],
  );
  const read = useCallback(() => (expiresAt === null ? null : secondsUntil(expiresAt)), [expiresAt]);
  return useSyncExternalStore(subscribe, read, getNull);
}
