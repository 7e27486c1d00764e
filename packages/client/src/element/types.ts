import type { CloseInfo } from "../close-info.ts";
import type { Messages } from "../messages/types.ts";
import type { ConsoleOptions } from "../options.ts";
import type { SerialConsole } from "../serial/serial-console.ts";
import type { SerialOptions } from "../serial/options.ts";
import type { ConsoleEvents, ConsoleState } from "../state.ts";
import type { VncConsole } from "../vnc/vnc-console.ts";
import type { VncOptions } from "../vnc/options.ts";

/** What both elements have. Properties are read when the console opens, callbacks when they are called. */
export interface ConsoleElement<Options extends ConsoleOptions, View> extends HTMLElement {
  /** As the option of the same name. Without it, the attribute `url` is where to connect. */
  authorize: Options["authorize"] | undefined;
  /** As the option of the same name; without it the warning has no Renew button. */
  renew: Options["renew"] | undefined;
  /** Options for which there is no attribute and no property; those win. */
  options: Partial<Options>;
  /** The words to show, in place of those for `lang`. */
  messages: Messages | undefined;
  readonly state: ConsoleState;
  /** The console while it is open, and after its end until it is opened again; else null. */
  readonly console: View | null;
  /** Opens the console, or waits until it is open. Rejects as the console's `connect()`. */
  connect(): Promise<void>;
  /** Ends the session; the element shows why, and a button that opens it again. */
  close(): Promise<void>;
}

/** `<curfew-vnc>`. */
export interface CurfewVncElement extends ConsoleElement<VncOptions, VncConsole> {}

/** `<curfew-serial>`. */
export interface CurfewSerialElement extends ConsoleElement<SerialOptions, SerialConsole> {}

/** Events of the elements. They bubble, and cross the borders of shadow roots. */
export interface ConsoleElementEventMap {
  "curfew-state": CustomEvent<ConsoleState>;
  "curfew-expiring": CustomEvent<ConsoleEvents["expiring"]>;
  "curfew-renewed": CustomEvent<ConsoleEvents["renewed"]>;
  /** Also when the element was removed from the page: then only the element itself hears it. */
  "curfew-closed": CustomEvent<CloseInfo>;
}

declare global {
  interface HTMLElementTagNameMap {
    "curfew-vnc": CurfewVncElement;
    "curfew-serial": CurfewSerialElement;
  }
  interface GlobalEventHandlersEventMap extends ConsoleElementEventMap {}
}
