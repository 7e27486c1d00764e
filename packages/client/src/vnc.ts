/**
 * A VNC console in a page, over noVNC.
 *
 * @packageDocumentation
 */
export type { FunctionKey, KeyCombo } from "./vnc/keys.ts";
export type {
  ScaleMode,
  VncCredentials,
  VncEvents,
  VncOptions,
  VncQuestion,
  VncStatistics,
  VncView,
} from "./vnc/options.ts";
export type { ServerIdentity } from "./vnc/server-identity.ts";
export { VncConsole } from "./vnc/vnc-console.ts";
