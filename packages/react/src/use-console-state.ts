import type { ConsoleConnection, ConsoleState } from "@curfew/client";
import { useCallback, useSyncExternalStore } from "react";

const IDLE: ConsoleState = { status: "idle" };
const getIdle = (): ConsoleState => IDLE;

/** The state of a connection; renders again at each change. `idle` without a connection, and on a server. */
export function useConsoleState(connection: ConsoleConnection | null): ConsoleState {
  const subscribe = useCallback((notify: () => void) => connection?.on("state", notify) ?? (() => {}), [connection]);
  const read = useCallback(() => connection?.state ?? IDLE, [connection]);
  return useSyncExternalStore(subscribe, read, getIdle);
}
