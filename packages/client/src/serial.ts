/**
 * A serial console in a page, over xterm.js.
 *
 * @packageDocumentation
 */
export type { LinkDecision } from "./serial/links.ts";
export type {
  FindOptions,
  FindResult,
  SerialEvents,
  SerialKey,
  SerialLineEnding,
  SerialOptions,
  SerialRenderer,
  SerialTheme,
  SerialView,
} from "./serial/options.ts";
export type { Paste } from "./serial/paste.ts";
export { SerialConsole } from "./serial/serial-console.ts";
