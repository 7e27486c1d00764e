import type { ConsoleConnection, ConsoleState } from "@curfew/client";
import { useCallback, useSyncExternalStore } from "react";

const idle: ConsoleState = { status: "idle" };
const getIdle = (): ConsoleState => idle;

/** The state of a connection, re-rendering with each change; `idle` without one and on a server. */
export function useConsoleState(connection: ConsoleConnection | null): ConsoleState {
  const subscribe = useCallback((notify: () => void) => connection?.on("state", notify) ?? (() => {}), [connection]);
  const read = useCallback(() => connection?.state ?? idle, [connection]);
  return useSyncExternalStore(subscribe, read, getIdle);
}
