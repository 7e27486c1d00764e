import type { SerialEvents } from "../views/serial/options.ts";
import type { ViewEvents } from "../views/view-options.ts";
import type { VncEvents } from "../views/vnc/options.ts";

/** The events of all views that the elements dispatch: those that need no answer in the same task. */
export type ConsoleElementEvents = Omit<ViewEvents, "opening" | "channel">;

/** The events of a console that `<curfew-vnc>` dispatches. */
export type VncElementEvents = Omit<VncEvents, "opening" | "channel">;

/** The events of a console that `<curfew-serial>` dispatches: all except the bytes themselves. */
export type SerialElementEvents = Omit<SerialEvents, "opening" | "channel" | "output" | "input">;

/** Events of a console as an element dispatches them: `state` is `curfew-state`. */
export type PrefixedEvents<Events> = {
  [Name in keyof Events & string as `curfew-${Name}`]: CustomEvent<Events[Name]>;
};

/** The events of both elements. They bubble, also through shadow roots. Their `detail` is that of the console's event. */
export interface ConsoleElementEventMap extends PrefixedEvents<ConsoleElementEvents> {}

/** The events of `<curfew-vnc>`. */
export interface VncElementEventMap extends PrefixedEvents<VncElementEvents> {}

/** The events of `<curfew-serial>`. */
export interface SerialElementEventMap extends PrefixedEvents<SerialElementEvents> {}
