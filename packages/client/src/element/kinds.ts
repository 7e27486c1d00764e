import type { ConsoleType } from "@curfew/protocol";
import type { ConsoleConnection } from "../connection/connection.ts";
import type { ConsoleOptions } from "../connection/model/options.ts";
import { SerialConsole } from "../views/serial/serial-console.ts";
import type { SerialOptions } from "../views/serial/options.ts";
import { VncConsole } from "../views/vnc/vnc-console.ts";
import type { VncOptions } from "../views/vnc/options.ts";
import type { AttributeTypes } from "./attributes.ts";

/** The members of a console that the elements use. */
export interface ConsoleView {
  readonly connection: ConsoleConnection;
  connect(): Promise<void>;
  close(): Promise<void>;
  focus(): void;
}

/** The types of consoles that have an element. spice-html5 works only outside shadow roots. */
export type ElementType = Exclude<ConsoleType, "spice">;

/** The differences between the two elements. */
export interface ElementKind<Options extends ConsoleOptions, View extends ConsoleView> {
  readonly type: ElementType;
  /** The attributes that are options. Those that are also properties of the console can change while it is open. */
  readonly attributes: AttributeTypes;
  create(target: HTMLElement, options: Options): View;
}

/** `<curfew-vnc>`. */
export const VNC_KIND: ElementKind<VncOptions, VncConsole> = {
  type: "vnc",
  attributes: {
    "auto-renew": "flag",
    scale: "text",
    "view-only": "flag",
    quality: "number",
    compression: "number",
    "show-dot-cursor": "flag",
  },
  create: (target, options) => new VncConsole(target, options),
};

/** `<curfew-serial>`. */
export const SERIAL_KIND: ElementKind<SerialOptions, SerialConsole> = {
  type: "serial",
  attributes: {
    "auto-renew": "flag",
    theme: "text",
    "font-size": "number",
    scrollback: "number",
    "view-only": "flag",
    "screen-reader": "flag",
  },
  create: (target, options) => new SerialConsole(target, options),
};
