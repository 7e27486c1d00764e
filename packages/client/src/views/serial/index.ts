/**
 * A serial console in a page, over xterm.js.
 *
 * @packageDocumentation
 */
export type { LinkDecision } from "./web-links.ts";
export type { SerialCover } from "./cover.ts";
export type { SerialEncoding } from "./encodings.ts";
export type { SerialKey, SerialModifier } from "./key-sequences.ts";
export type { SerialSettings } from "./live-settings.ts";
export type {
  FindOptions,
  FindResult,
  SerialBackspace,
  SerialEvents,
  SerialLineEnding,
  SerialOptions,
  SerialRenderer,
  SerialSize,
  SerialTheme,
  SerialThemeName,
  SerialView,
} from "./options.ts";
export type { ClipboardDirection, ClipboardOptions } from "../clipboard-policy.ts";
export type { KeyMap } from "../keyboard/key-map.ts";
export { ConnectedView } from "../connected-view.ts";
export type { PasteOptions, PasteProgress } from "../progress.ts";
export type { ViewEvents, ViewOptions } from "../view-options.ts";
export type { Paste } from "./paste.ts";
export { SerialConsole } from "./serial-console.ts";
export { SERIAL_VIEW_DEFAULTS } from "./settings.ts";
