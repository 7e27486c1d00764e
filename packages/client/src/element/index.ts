/**
 * Consoles as custom elements, `<curfew-vnc>` and `<curfew-serial>`, which show every state by
 * themselves. Importing this module defines no elements and is safe on a server: call
 * `defineConsoleElements()`.
 *
 * @packageDocumentation
 */
export { showConsoleOverlay } from "./console-overlay.ts";
export type { ConsoleOverlayOptions } from "./console-overlay.ts";
export { defineConsoleElements } from "./define.ts";
export type { ConsoleElementNames } from "./define.ts";
export type { ConsoleView, ElementType } from "./kinds.ts";
export type { ConsolePhase } from "./phase.ts";
export type {
  ConsoleElementEventMap,
  ConsoleElementEvents,
  PrefixedEvents,
  SerialElementEventMap,
  SerialElementEvents,
  VncElementEventMap,
  VncElementEvents,
} from "./events.ts";
export type { ConsoleElement, CurfewSerialElement, CurfewVncElement } from "./types.ts";
