"use client";

/**
 * Remote consoles in React: `VncConsoleView` and `SerialConsoleView` over `@curfew/client`, and hooks
 * for a connection's state and the time it has left.
 *
 * @packageDocumentation
 */
export type { ConsoleViewProps, OverlayActions } from "./console-view.tsx";
export { SerialConsoleView } from "./serial-console-view.tsx";
export type { SerialConsoleViewProps } from "./serial-console-view.tsx";
export { useConsoleState } from "./use-console-state.ts";
export { useExpiryCountdown } from "./use-expiry-countdown.ts";
export { VncConsoleView } from "./vnc-console-view.tsx";
export type { VncConsoleViewProps } from "./vnc-console-view.tsx";
