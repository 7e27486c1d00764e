"use client";

/**
 * Remote consoles in React, based on `@curfew/client`: `VncConsoleView`, `SerialConsoleView`, and hooks
 * for the state of a connection and the time left.
 *
 * @packageDocumentation
 */
export type { ConsoleListeners } from "./use-console.ts";
export type { ConsoleViewProps, OverlayActions } from "./console-view.tsx";
export { SerialConsoleView } from "./serial-console-view.tsx";
export type { SerialConsoleViewProps } from "./serial-console-view.tsx";
export { useConsoleState } from "./use-console-state.ts";
export { useExpiryCountdown } from "./use-expiry-countdown.ts";
export { useTimeLeft } from "./use-time-left.ts";
export { VncConsoleView } from "./vnc-console-view.tsx";
export type { VncConsoleViewProps } from "./vnc-console-view.tsx";
