import type { ConsoleConnection } from "../connection.ts";
import type { ConsoleOptions } from "../options.ts";
import { SerialConsole } from "../serial/serial-console.ts";
import type { SerialOptions } from "../serial/options.ts";
import { VncConsole } from "../vnc/vnc-console.ts";
import type { VncOptions } from "../vnc/options.ts";
import type { AttributeOptions } from "./attributes.ts";

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
  readonly attributes: AttributeOptions;
  /** Whether the viewer needs xterm's style sheet. */
  readonly usesXterm: boolean;
  create(target: HTMLElement, options: Options): View;
}

const common = { "auto-renew": { option: "autoRenew", type: "flag", live: false } } as const;

export const vncKind: ElementKind<VncOptions, VncConsole> = {
  name: "vnc",
  attributes: {
    ...common,
    scale: { option: "scale", type: "text", live: true },
    "view-only": { option: "viewOnly", type: "flag", live: true },
    quality: { option: "quality", type: "number", live: true },
    compression: { option: "compression", type: "number", live: true },
    "show-dot-cursor": { option: "showDotCursor", type: "flag", live: true },
  },
  usesXterm: false,
  create: (target, options) => new VncConsole(target, options),
};

export const serialKind: ElementKind<SerialOptions, SerialConsole> = {
  name: "serial",
  attributes: {
    ...common,
    theme: { option: "theme", type: "text", live: true },
    "font-size": { option: "fontSize", type: "number", live: true },
    scrollback: { option: "scrollback", type: "number", live: false },
    "read-only": { option: "readOnly", type: "flag", live: true },
    "screen-reader": { option: "screenReader", type: "flag", live: false },
  },
  usesXterm: true,
  create: (target, options) => new SerialConsole(target, options),
};
