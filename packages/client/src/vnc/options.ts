import type { ConsoleOptions } from "../options.ts";
import type { ConnectionStatistics, ConsoleEvents } from "../state.ts";
import type { ServerIdentity } from "./server-identity.ts";

/**
 * How the picture meets the element: `none` shows it pixel by pixel with scroll bars, `fit` scales
 * it, `remote` asks the machine to change its resolution (ExtendedDesktopSize).
 */
export type ScaleMode = "none" | "fit" | "remote";

/** What can be changed while the picture is up, and is kept across reconnections. */
export interface VncView {
  /** Sends no key, pointer or clipboard. @defaultValue false */
  viewOnly: boolean;
  /** @defaultValue `"fit"` */
  scale: ScaleMode;
  /** JPEG quality of the Tight encoding, 0 lowest to 9 best. @defaultValue 6 */
  quality: number;
  /** Compression level, 0 none to 9 most. @defaultValue 2 */
  compression: number;
  /** Shows a dot where the machine has no cursor. @defaultValue false */
  showDotCursor: boolean;
  /** With `scale: "none"`, cuts the picture at the element's edges in place of scroll bars. @defaultValue false */
  clipViewport: boolean;
  /** Moves a clipped picture with the pointer, which then does not reach the machine. @defaultValue false */
  dragViewport: boolean;
}

/** What a VNC server may ask for. Which of them depends on its security type. */
export interface VncCredentials {
  username?: string;
  password?: string;
  target?: string;
}

/** What comes with a question that a person may be asked. */
export interface VncQuestion {
  /** Aborted when the connection that asks is over: take the question off the page, its answer is not wanted. */
  readonly signal: AbortSignal;
}

/** Options of a {@link VncConsole}. */
export interface VncOptions extends Omit<ConsoleOptions, "waitForViewer">, Partial<VncView> {
  /** Given when the server asks. */
  credentials?: VncCredentials;
  /** Asked when `credentials` does not have what the server wants; a rejection ends in `viewer_failed`. */
  onCredentialsRequired?: (types: readonly (keyof VncCredentials)[], question: VncQuestion) => Promise<VncCredentials>;
  /**
   * Asked with the server's public key when its security type has one (RA2ne), before the server
   * gets credentials. True goes on. Compare with what is known of the server: without that anybody
   * on the way can be it.
   *
   * False ends in `viewer_failed`, as does a rejection, and such a server without this option. Where
   * it was a person who said no, call {@link VncConsole.close} before: the end is then theirs,
   * `client_closed`.
   */
  onServerVerification?: (identity: ServerIdentity, question: VncQuestion) => boolean | Promise<boolean>;
  /**
   * Keeps the machine's clipboard and the person's the same: the machine's text goes into the
   * browser's clipboard when it changes, and the browser's to the machine when the console gets the
   * keyboard. The browser may ask the person for permission; without this option it is never asked.
   * @defaultValue false
   */
  clipboardSync?: boolean;
  /**
   * What screen readers call the picture, which has the keyboard. @defaultValue the `aria-label` of the element that the
   * console is in, when it opens
   */
  label?: string;
  /** Leaves other viewers of the machine connected (RFC 6143, section 7.3.1). @defaultValue true */
  shared?: boolean;
}

/** See {@link VncConsole.statistics}. */
export interface VncStatistics extends ConnectionStatistics {
  /** How often the picture was drawn in the last second. */
  readonly framesPerSecond: number;
}

/** Events of {@link VncConsole.on}. */
export interface VncEvents extends ConsoleEvents {
  /** The machine's clipboard changed. */
  clipboard: { readonly text: string };
  desktopname: { readonly name: string };
  /** `power`: whether {@link VncConsole.power} works (xvp extension). */
  capabilities: { readonly power: boolean };
  bell: undefined;
}
