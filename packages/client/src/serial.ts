/**
 * A serial console in a page, over xterm.js.
 *
 * @packageDocumentation
 */
export type { FindOptions, FindResult } from "./serial/finder.ts";
export type { LinkDecision } from "./serial/links.ts";
export type {
  SerialEvents,
  SerialLineEnding,
  SerialOptions,
  SerialRenderer,
  SerialTheme,
  SerialView,
} from "./serial/options.ts";
export type { Paste } from "./serial/paste.ts";
export { SerialConsole } from "./serial/serial-console.ts";
