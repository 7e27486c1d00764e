/**
 * A serial console in a page, over xterm.js.
 *
 * @packageDocumentation
 */
export type { SerialEvents, SerialOptions, SerialTheme } from "./serial/options.ts";
export { SerialConsole } from "./serial/serial-console.ts";
