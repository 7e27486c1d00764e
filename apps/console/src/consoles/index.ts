import type { ConsoleType } from "@curfew/client";
import type { ConsoleDefinition } from "./console-definition.ts";
import { SERIAL } from "./serial.ts";
import { SPICE } from "./spice.ts";
import { VNC } from "./vnc.ts";

/** Everything on the page that depends on the console's type. */
export const CONSOLES: Readonly<Record<ConsoleType, ConsoleDefinition>> = { vnc: VNC, serial: SERIAL, spice: SPICE };
