/**
 * A VNC console in a page, over noVNC.
 *
 * @packageDocumentation
 */
export type { FunctionKey, KeyCombo } from "../keyboard/keys.ts";
export { VNC_VIEW_DEFAULTS } from "./defaults.ts";
export { KEYBOARD_LAYOUTS } from "../keyboard/layouts.ts";
export type { KeyboardLayout } from "../keyboard/layouts.ts";
export { UntypableError } from "../keyboard/strokes.ts";
export type { TypeTextOptions } from "../keyboard/typist.ts";
export type { PasteProgress } from "../progress.ts";
export type {
  ScaleMode,
  VncCredentials,
  VncEvents,
  VncOptions,
  VncPromptContext,
  VncStatistics,
  VncView,
} from "./options.ts";
export type { ServerIdentity } from "./server-identity.ts";
export { ScreenConsole } from "../screen-console.ts";
export { VncConsole } from "./vnc-console.ts";
