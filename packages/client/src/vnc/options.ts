import type { ConsoleOptions } from "../options.ts";
import type { ConsoleEvents } from "../state.ts";

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
}

/** What a VNC server may ask for. Which of them depends on its security type. */
export interface VncCredentials {
  username?: string;
  password?: string;
  target?: string;
}

/** Options of a {@link VncConsole}. */
export interface VncOptions extends Omit<ConsoleOptions, "waitForViewer">, Partial<VncView> {
  /** Given when the server asks. */
  credentials?: VncCredentials;
  /** Asked when `credentials` does not have what the server wants; a rejection ends in `viewer_failed`. */
  onCredentialsRequired?: (types: readonly (keyof VncCredentials)[]) => Promise<VncCredentials>;
  /** Leaves other viewers of the machine connected (RFC 6143, section 7.3.1). @defaultValue true */
  shared?: boolean;
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
