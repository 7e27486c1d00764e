import type { ConsoleType } from "../tokens/grant.ts";
import type { ConsoleDefinition } from "./console-definition.ts";
import { SERIAL } from "./serial.ts";
import { VNC } from "./vnc.ts";

/** Every type of console. To add one, name it in {@link ConsoleType} and write its definition in a file of its own. */
export const CONSOLES: Readonly<Record<ConsoleType, ConsoleDefinition>> = { vnc: VNC, serial: SERIAL };

export const CONSOLE_TYPES = Object.keys(CONSOLES) as readonly ConsoleType[];
