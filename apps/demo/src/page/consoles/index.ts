import type { ConsoleType } from "../../api-types.ts";
import type { ConsoleDefinition } from "./console-definition.ts";
import { SERIAL } from "./serial.tsx";
import { VNC } from "./vnc.tsx";

/** Every console type that the dashboard shows. */
export const CONSOLES: Readonly<Record<ConsoleType, ConsoleDefinition>> = { vnc: VNC, serial: SERIAL };
