import { consoleElementClass } from "./console-element.ts";
import { serialKind, vncKind } from "./kinds.ts";

/** Names for the elements, each with a hyphen. */
export interface ConsoleElementNames {
  /** @defaultValue `"curfew-vnc"` */
  vnc?: string;
  /** @defaultValue `"curfew-serial"` */
  serial?: string;
}

/**
 * Defines `<curfew-vnc>` and `<curfew-serial>`, or the same under other names. A name that is
 * already defined stays what it is, and on a server it does nothing; so it may be called again.
 *
 * @throws DOMException `SyntaxError` for a name that no element may have.
 */
export function defineConsoleElements({
  vnc = "curfew-vnc",
  serial = "curfew-serial",
}: ConsoleElementNames = {}): void {
  if (typeof customElements === "undefined") return;
  if (!customElements.get(vnc)) customElements.define(vnc, consoleElementClass(vncKind));
  if (!customElements.get(serial)) customElements.define(serial, consoleElementClass(serialKind));
}
