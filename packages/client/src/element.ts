/**
 * Consoles as custom elements, `<curfew-vnc>` and `<curfew-serial>`, with their own words for every
 * state. Importing defines nothing, and is safe on a server: call `defineConsoleElements()`.
 *
 * @packageDocumentation
 */
export { defineConsoleElements } from "./element/define.ts";
export type { ConsoleElementNames } from "./element/define.ts";
export type { ConsolePhase } from "./element/phase.ts";
export type { ConsoleElement, ConsoleElementEventMap, CurfewSerialElement, CurfewVncElement } from "./element/types.ts";
