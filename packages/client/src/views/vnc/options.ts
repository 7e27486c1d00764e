import type { ConnectionStatistics } from "../../connection/model/state.ts";
import type { ClipboardOptions } from "../clipboard-policy.ts";
import type { ScreenEvents, ViewOptions } from "../view-options.ts";
import type { ServerIdentity } from "./server-identity.ts";

/**
 * How the machine's screen fits into the element: `none` shows it unscaled with scroll bars, `fit`
 * scales it, `remote` asks the machine to change its resolution (ExtendedDesktopSize).
 */
export type ScaleMode = "none" | "fit" | "remote";

/** Settings that can change while the screen is shown. They are kept across reconnections. */
export interface VncView {
  /** Sends no keys, pointer events or clipboard. @defaultValue false */
  viewOnly: boolean;
  /** How the screen fits into the element. @defaultValue `"fit"` */
  scale: ScaleMode;
  /** JPEG quality of the Tight encoding, 0 lowest to 9 best. @defaultValue 6 */
  quality: number;
  /** Compression level, 0 none to 9 most. @defaultValue 2 */
  compression: number;
  /** Shows a dot if the machine has no cursor. @defaultValue false */
  showDotCursor: boolean;
  /** With `scale: "none"`, clips the screen at the element's edges instead of showing scroll bars. @defaultValue false */
  clipViewport: boolean;
  /** Moves a clipped screen with the pointer. Pointer events are then not sent. @defaultValue false */
  dragViewport: boolean;
}

/** Credentials of a VNC server. Which ones it asks for depends on its security type. */
export interface VncCredentials {
  username?: string;
  password?: string;
  target?: string;
}

/** The context of a callback that may ask the user. */
export interface VncPromptContext {
  /** Aborted when the connection ends: remove the prompt from the page, its answer is no longer needed. */
  readonly signal: AbortSignal;
  /** Whether the server rejected the last credentials, so that the user is asked again. */
  readonly rejected: boolean;
}

/** Options of a {@link VncConsole}. */
export interface VncOptions extends ViewOptions, Partial<VncView>, ClipboardOptions {
  /** Sent when the server asks for credentials. */
  credentials?: VncCredentials;
  /**
   * Called if `credentials` lacks what the server asks for, and again with `rejected` when the server did
   * not accept the answer, which takes a new connection. The console remembers what was accepted until it
   * is closed. A rejected promise ends in `credentials_rejected`, and so does the same answer again.
   */
  onCredentialsRequired?: (
    types: readonly (keyof VncCredentials)[],
    context: VncPromptContext,
  ) => Promise<VncCredentials>;
  /**
   * Called with the server's public key, if its security type has one (RA2ne), before it receives
   * credentials. Return true to continue. Compare the key with what you know of the server:
   * otherwise an attacker in between can pose as the server.
   *
   * False ends in `server_not_trusted`, as do a rejection and such a server without this option. If the
   * user refuses, call {@link VncConsole.close} first, so that the reason is `client_closed`.
   */
  onServerVerification?: (identity: ServerIdentity, context: VncPromptContext) => boolean | Promise<boolean>;
  /**
   * Keeps the clipboards of the machine and the browser the same: copies the machine's text to the
   * browser when it changes, and the browser's text to the machine when the console is focused. The
   * browser may ask the user for permission; without this option it never does.
   * @defaultValue false
   */
  clipboardSync?: boolean;
  /**
   * The screen's label for screen readers. @defaultValue the `aria-label` of the console's element
   * when it opens
   */
  label?: string;
  /** Keeps other viewers of the machine connected (RFC 6143, section 7.3.1). @defaultValue true */
  shared?: boolean;
}

/** See {@link VncConsole.statistics}. */
export interface VncStatistics extends ConnectionStatistics {
  /** How often the screen was drawn in the last second. */
  readonly framesPerSecond: number;
}

/** Events of {@link VncConsole.on}. */
export interface VncEvents extends ScreenEvents {
  /** The machine's clipboard changed, unless the options for the clipboard keep its text from the browser. */
  clipboard: { readonly text: string };
  /** The machine's name. Control and bidirectional formatting characters are removed, long names cut. */
  title: { readonly title: string };
  /** `power`: whether {@link VncConsole.power} is supported (xvp extension). */
  capabilities: { readonly power: boolean };
  /** The machine rang its bell. */
  bell: undefined;
}
