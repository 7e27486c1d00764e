import type { ConsoleConnection } from "@curfew/client";
import { useCallback, useSyncExternalStore } from "react";
import { useConsoleState } from "./use-console-state.ts";

const secondsUntil = (time: number): number => Math.max(0, Math.ceil((time - performance.now()) / 1000));
const getNull = (): null => null;

/**
 * Whole seconds until the session ends, rounded up; null unless it is about to end (from the
 * warning until it is renewed or over). Re-renders once a second, and only while it counts.
 */
export function useExpiryCountdown(connection: ConsoleConnection | null): number | null {
  const state = useConsoleState(connection);
  const session = state.status === "connected" ? state.session : null;
  const expiresAt = session?.expiring ? session.expiresAt : null;
  const subscribe = useCallback(
    (notify: () => void) => {
      if (expiresAt === null) return () => {};
      let timer: ReturnType<typeof setTimeout>;
      const wait = (): void => {
        const leftMs = expiresAt - performance.now();
        // Until the whole seconds change: a timer of 1000 ms would drift and skip one.
        if (leftMs > 0) timer = setTimeout(tick, leftMs % 1000 || 1000);
      };
      const tick = (): void => {
        notify();
        wait();
      };
      wait();
      return () => clearTimeout(timer);
    },
    [expiresAt],
  );
  const read = useCallback(() => (expiresAt === null ? null : secondsUntil(expiresAt)), [expiresAt]);
  return useSyncExternalStore(subscribe, read, getNull);
}
