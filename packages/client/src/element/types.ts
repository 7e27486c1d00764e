import type { Messages } from "../locales/types.ts";
import type { ClipboardDirection } from "../views/clipboard-policy.ts";
import type { ViewOptions } from "../views/view-options.ts";
import type { SerialConsole } from "../views/serial/serial-console.ts";
import type { SerialOptions, SerialView } from "../views/serial/options.ts";
import type { ConsoleState } from "../connection/model/state.ts";
import type { SerialElementEventMap, VncElementEventMap } from "./events.ts";
import type { VncConsole } from "../views/vnc/vnc-console.ts";
import type { VncOptions, VncView } from "../views/vnc/options.ts";

/**
 * The members of both elements. Properties are read when the console opens, callbacks when they are called. A property
 * that has an attribute reflects it: the attribute `view-only` is the property `viewOnly`.
 */
export interface ConsoleElement<Options extends ViewOptions, View> extends HTMLElement {
  /** The option of the same name. Without it the element connects to the URL in the attribute `url`. */
  authorize: Options["authorize"] | undefined;
  /** The option of the same name. Without it the warning has no Renew button. */
  renew: Options["renew"] | undefined;
  /** Other options. Attributes and properties override them. */
  options: Partial<Options>;
  /** Where to connect, if `authorize` is not set. */
  url: string | undefined;
  /** Connects as soon as possible. @defaultValue false */
  autoconnect: boolean;
  /** The option of the same name. @defaultValue false */
  autoRenew: boolean;
  /** See {@link ClipboardOptions.clipboard}. It can change while the console is open. @defaultValue `"both"` */
  clipboard: ClipboardDirection;
  /** See {@link ClipboardOptions.maxClipboardBytes}. */
  maxClipboardBytes: number | undefined;
  /** The texts to show instead of those for `lang`. */
  messages: Messages | undefined;
  /** The state of the connection. */
  readonly state: ConsoleState;
  /** The console, from its opening until the element is removed; otherwise null. A new one for each opening after an end. */
  readonly console: View | null;
  /** Opens the console, or waits until it is open. Rejects like the console's `connect()`. */
  connect(): Promise<void>;
  /** Ends the session. The element then shows the reason and a button that opens the console again. */
  close(): Promise<void>;
}

/** `<curfew-vnc>`. The settings can change while the console is open; undefined returns to the option or the default. */
export interface CurfewVncElement extends ConsoleElement<VncOptions, VncConsole>, VncView {
  /** The colors of what the element itself shows. @defaultValue `"auto"` */
  theme: "light" | "dark" | "auto";
}

/** `<curfew-serial>`. The settings can change while the console is open; undefined returns to the option or the default. */
export interface CurfewSerialElement extends ConsoleElement<SerialOptions, SerialConsole>, SerialView {
  /** See {@link SerialOptions.scrollback}. */
  scrollback: number | undefined;
  /** See {@link SerialOptions.screenReader}. */
  screenReader: boolean;
}

declare global {
  interface HTMLElementTagNameMap {
    "curfew-vnc": CurfewVncElement;
    "curfew-serial": CurfewSerialElement;
  }
  interface GlobalEventHandlersEventMap extends VncElementEventMap, SerialElementEventMap {}
}
