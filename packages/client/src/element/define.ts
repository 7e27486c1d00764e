import type { ConsoleType } from "@curfew/protocol";
import { consoleElementClass } from "./console-element.ts";
import { type ElementType, SERIAL_KIND, VNC_KIND } from "./kinds.ts";

/** The names of the elements, by default `curfew-vnc` and `curfew-serial`. Each must contain a hyphen. */
export interface ConsoleElementNames extends Partial<Record<Exclude<ConsoleType, "spice">, string>> {}

/** Creates the class of each console type's element. */
const CLASSES: Readonly<Record<ElementType, () => CustomElementConstructor>> = {
  vnc: () => consoleElementClass(VNC_KIND),
  serial: () => consoleElementClass(SERIAL_KIND),
};

/**
 * Defines `<curfew-vnc>` and `<curfew-serial>`, or the same elements under other names. Names that
 * are already defined are left alone, so it can be called again. Has no effect on a server.
 *
 * @throws DOMException `SyntaxError` for an invalid element name.
 */
export function defineConsoleElements(names: ConsoleElementNames = {}): void {
  if (typeof customElements === "undefined") return;
  for (const type of Object.keys(CLASSES) as ElementType[]) {
    const name = names[type] ?? `curfew-${type}`;
    if (!customElements.get(name)) customElements.define(name, CLASSES[type]());
  }
}
