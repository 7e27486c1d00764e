import { consoleElementClass } from "./console-element.ts";
import { SERIAL_KIND, VNC_KIND } from "./kinds.ts";

/** The names of the elements. Each must contain a hyphen. */
export interface ConsoleElementNames {
  /** @defaultValue `"curfew-vnc"` */
  vnc?: string;
  /** @defaultValue `"curfew-serial"` */
  serial?: string;
}

/**
 * Defines `<curfew-vnc>` and `<curfew-serial>`, or the same elements under other names. Names that
 * are already defined are left alone, so it can be called again. Has no effect on a server.
 *
 * @throws DOMException `SyntaxError` for an invalid element name.
 */
export function defineConsoleElements({
  vnc = "curfew-vnc",
  serial = "curfew-serial",
}: ConsoleElementNames = {}): void {
  if (typeof customElements === "undefined") return;
  if (!customElements.get(vnc)) customElements.define(vnc, consoleElementClass(VNC_KIND));
  if (!customElements.get(serial)) customElements.define(serial, consoleElementClass(SERIAL_KIND));
}
