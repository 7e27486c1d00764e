import type { ConsoleType } from "@curfew/protocol";
import type { ConsoleConnection } from "../connection/connection.ts";
import type { ViewOptions } from "../views/view-options.ts";
import type { SerialCover } from "../views/serial/cover.ts";
import { SERIAL_VIEW_DEFAULTS } from "../views/serial/settings.ts";
import { SerialConsole } from "../views/serial/serial-console.ts";
import type { SerialOptions } from "../views/serial/options.ts";
import { VNC_VIEW_DEFAULTS } from "../views/vnc/defaults.ts";
import { VncConsole } from "../views/vnc/vnc-console.ts";
import type { VncOptions } from "../views/vnc/options.ts";
import type { AttributeTypes } from "./attributes.ts";
import type { ConsoleElementEvents, SerialElementEvents, VncElementEvents } from "./events.ts";

/** The members of `VncConsole` and `SerialConsole` that the elements use. */
export interface ConsoleView {
  readonly connection: ConsoleConnection;
  on(type: never, listener: (event: never) => void, options?: { signal?: AbortSignal }): unknown;
  connect(): Promise<void>;
  close(): Promise<void>;
  focus(): void;
  /** See `SerialConsole.covered`. */
  covered?: SerialCover;
}

/** Tells a console that keeps its size that so many pixels of its top are covered. */
export function coverTop(console: ConsoleView | undefined, top: number): void {
  if (console && "covered" in console) console.covered = { top, bottom: 0 };
}

/** The types of consoles that have an element. spice-html5 works only outside shadow roots. */
export type ElementType = Exclude<ConsoleType, "spice">;

/** The differences between the two elements. */
export interface ElementKind<Options extends ViewOptions, View extends ConsoleView> {
  readonly type: ElementType;
  /** The attributes that are options. Those that are also properties of the console can change while it is open. */
  readonly attributes: AttributeTypes;
  /** What the console's properties are when nothing sets them. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** The console's events that the element dispatches, with the prefix `curfew-`. */
  readonly events: readonly string[];
  create(target: HTMLElement, options: Options): View;
}

/** `theme` is a setting of the terminal, and the colors of both elements. */
const COMMON_ATTRIBUTES: AttributeTypes = {
  "auto-renew": "flag",
  theme: "text",
  clipboard: "text",
  "max-clipboard-bytes": "number",
};

const COMMON_EVENTS: Readonly<Record<keyof ConsoleElementEvents, true>> = {
  state: true,
  expiring: true,
  idlewarning: true,
  takeover: true,
  renewed: true,
  renewfailed: true,
  closed: true,
  latency: true,
  tick: true,
  unresponsive: true,
  paste: true,
  leave: true,
  droprefused: true,
};

/** The compiler reports an event that is missing. */
function namesOf<Events>(names: Readonly<Record<keyof Events, true>>): readonly string[] {
  return Object.keys(names);
}

/** `<curfew-vnc>`. */
export const VNC_KIND: ElementKind<VncOptions, VncConsole> = {
  type: "vnc",
  attributes: {
    ...COMMON_ATTRIBUTES,
    scale: "text",
    "view-only": "flag",
    quality: "number",
    compression: "number",
    "show-dot-cursor": "flag",
    "clip-viewport": "flag",
    "drag-viewport": "flag",
  },
  defaults: { ...VNC_VIEW_DEFAULTS, theme: "auto", clipboard: "both" },
  events: namesOf<VncElementEvents>({
    ...COMMON_EVENTS,
    clipboard: true,
    title: true,
    capabilities: true,
    bell: true,
    composition: true,
  }),
  create: (target, options) => new VncConsole(target, options),
};

/** `<curfew-serial>`. */
export const SERIAL_KIND: ElementKind<SerialOptions, SerialConsole> = {
  type: "serial",
  attributes: {
    ...COMMON_ATTRIBUTES,
    "font-size": "number",
    "font-family": "text",
    "view-only": "flag",
    "line-ending": "text",
    backspace: "text",
    encoding: "text",
    "convert-eol": "flag",
    "local-echo": "flag",
    "copy-on-select": "flag",
    scrollback: "number",
    "screen-reader": "flag",
  },
  defaults: { ...SERIAL_VIEW_DEFAULTS, clipboard: "both" },
  events: namesOf<SerialElementEvents>({
    ...COMMON_EVENTS,
    title: true,
    resize: true,
    bell: true,
  }),
  create: (target, options) => new SerialConsole(target, options),
};
