/**
 * A serial console in a page, over xterm.js.
 *
 * @packageDocumentation
 */
export type { LinkDecision } from "./web-links.ts";
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
} from "./options.ts";
export type { Paste } from "./paste.ts";
export { SerialConsole } from "./serial-console.ts";
