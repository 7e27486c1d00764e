import type { CloseInfo } from "../connection/model/close-info.ts";
import type { Messages } from "../locales/types.ts";
import type { ConsoleOptions } from "../connection/model/options.ts";
import type { SerialConsole } from "../views/serial/serial-console.ts";
import type { SerialOptions } from "../views/serial/options.ts";
import type { ConsoleEvents, ConsoleState } from "../connection/model/state.ts";
import type { VncConsole } from "../views/vnc/vnc-console.ts";
import type { VncOptions } from "../views/vnc/options.ts";

/** The members of both elements. Properties are read when the console opens, callbacks when they are called. */
export interface ConsoleElement<Options extends ConsoleOptions, View> extends HTMLElement {
  /** The option of the same name. Without it the element connects to the URL in the attribute `url`. */
  authorize: Options["authorize"] | undefined;
  /** The option of the same name. Without it the warning has no Renew button. */
  renew: Options["renew"] | undefined;
  /** Other options. Attributes and properties override them. */
  options: Partial<Options>;
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

/** `<curfew-vnc>`. */
export interface CurfewVncElement extends ConsoleElement<VncOptions, VncConsole> {}

/** `<curfew-serial>`. */
export interface CurfewSerialElement extends ConsoleElement<SerialOptions, SerialConsole> {}

/** The events of the elements. They bubble, also through shadow roots. */
export interface ConsoleElementEventMap {
  "curfew-state": CustomEvent<ConsoleState>;
  "curfew-expiring": CustomEvent<ConsoleEvents["expiring"]>;
  "curfew-renewed": CustomEvent<ConsoleEvents["renewed"]>;
  /** Also fires when the element was removed from the page; only listeners on the element receive it then. */
  "curfew-closed": CustomEvent<CloseInfo>;
}

declare global {
  interface HTMLElementTagNameMap {
    "curfew-vnc": CurfewVncElement;
    "curfew-serial": CurfewSerialElement;
  }
  interface GlobalEventHandlersEventMap extends ConsoleElementEventMap {}
}
