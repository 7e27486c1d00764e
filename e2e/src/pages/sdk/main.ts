import "@xterm/xterm/css/xterm.css";
import { ConsoleConnection } from "@curfew/client";
import { SerialConsole } from "@curfew/client/serial";
import { VncConsole } from "@curfew/client/vnc";
import RFB from "@novnc/novnc";

/** What tests find in the page, as `sdk`. */
const exported = { ConsoleConnection, SerialConsole, VncConsole, RFB };

declare global {
  /** Only in this page. */
  var sdk: typeof exported;
}

globalThis.sdk = exported;
