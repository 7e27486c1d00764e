/**
 * A SPICE console in a page, over spice-html5.
 *
 * @packageDocumentation
 */
export type { FunctionKey, KeyCombo } from "../keyboard/keys.ts";
export type { KeyboardLayout } from "../keyboard/layouts.ts";
export { UntypableError } from "../keyboard/strokes.ts";
export type { ScreenPasteOptions } from "../keyboard/typist.ts";
export type { KeyMap } from "../keyboard/key-map.ts";
export { ConnectedView } from "../connected-view.ts";
export type { PasteOptions, PasteProgress } from "../progress.ts";
export type { ScreenEvents, ViewEvents, ViewOptions } from "../view-options.ts";
export type { SpiceEvents, SpiceOptions, SpiceScaleMode, SpiceView } from "./options.ts";
export { ScreenConsole } from "../screen-console.ts";
export { SpiceConsole } from "./spice-console.ts";
