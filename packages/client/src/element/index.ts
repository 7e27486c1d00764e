/**
 * Consoles as custom elements, `<curfew-vnc>` and `<curfew-serial>`, which show every state by
 * themselves. Importing this module defines no elements and is safe on a server: call
 * `defineConsoleElements()`.
 *
 * @packageDocumentation
 */
export { defineConsoleElements } from "./define.ts";
export type { ConsoleElementNames } from "./define.ts";
export type { ConsolePhase } from "./phase.ts";
export type { ConsoleElement, ConsoleElementEventMap, CurfewSerialElement, CurfewVncElement } from "./types.ts";
