import type { ConsoleConnection } from "../connection.ts";
import type { ConsoleOptions } from "../options.ts";
import { SerialConsole } from "../serial/serial-console.ts";
import type { SerialOptions } from "../serial/options.ts";
import { VncConsole } from "../vnc/vnc-console.ts";
import type { VncOptions } from "../vnc/options.ts";
import type { AttributeTypes } from "./attributes.ts";

/** What the elements need of a console. */
export interface AnyConsole {
  readonly connection: ConsoleConnection;
  connect(): Promise<void>;
  close(): Promise<void>;
  focus(): void;
}

/** What makes one element different from the other. */
export interface ElementKind<Options extends ConsoleOptions, View extends AnyConsole> {
  readonly name: "vnc" | "serial";
  /** Those that are also properties of the console follow while it is open. */
  readonly attributes: AttributeTypes;
  /** Whether the viewer needs xterm's style sheet. */
  readonly usesXterm: boolean;
  create(target: HTMLElement, options: Options): View;
}

export const vncKind: ElementKind<VncOptions, VncConsole> = {
  name: "vnc",
  attributes: {
    "auto-renew": "flag",
    scale: "text",
    "view-only": "flag",
    quality: "number",
    compression: "number",
    "show-dot-cursor": "flag",
  },
  usesXterm: false,
  create: (target, options) => new VncConsole(target, options),
};

export const serialKind: ElementKind<SerialOptions, SerialConsole> = {
  name: "serial",
  attributes: {
    "auto-renew": "flag",
    theme: "text",
    "font-size": "number",
    scrollback: "number",
    "read-only": "flag",
    "screen-reader": "flag",
  },
  usesXterm: true,
  create: (target, options) => new SerialConsole(target, options),
};
