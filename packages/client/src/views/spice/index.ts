/**
 * A SPICE console in a page, over spice-html5.
 *
 * @packageDocumentation
 */
export type { FunctionKey, KeyCombo } from "../keyboard/keys.ts";
export type { SpiceEvents, SpiceOptions, SpiceScaleMode, SpiceView } from "./options.ts";
export { ScreenConsole } from "../screen-console.ts";
export { SpiceConsole } from "./spice-console.ts";
