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
export type { ClipboardDirection, ClipboardOptions } from "../clipboard-policy.ts";
export type { ScreenPasteOptions } from "../keyboard/typist.ts";
export type { KeyMap } from "../keyboard/key-map.ts";
export { ConnectedView } from "../connected-view.ts";
export type { PasteOptions, PasteProgress } from "../progress.ts";
export type { ScreenEvents, ViewEvents, ViewOptions } from "../view-options.ts";
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
