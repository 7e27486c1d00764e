import type { ConsoleType } from "../tokens/grant.ts";
import type { ConsoleDefinition } from "./console-definition.ts";
import type { VncSecurityOptions } from "./rfb/auth-schemes.ts";
import { SERIAL } from "./serial.ts";
import { SPICE, SPICE_OF_WORKERS } from "./spice.ts";
import { createVnc, VNC } from "./vnc.ts";

/** Every type of console. To add one, name it in {@link ConsoleType} and write its definition in a file of its own. */
export const CONSOLES: Readonly<Record<ConsoleType, ConsoleDefinition>> = { vnc: VNC, serial: SERIAL, spice: SPICE };

export const CONSOLE_TYPES = Object.keys(CONSOLES) as readonly ConsoleType[];

/**
 * {@link CONSOLES} as configured.
 *
 * @param sharesPort - whether other processes listen at the same port.
 * @param onUnusable - called when renewed certificates cannot be used; the old ones stay.
 * @throws Error that names the option and the file that is missing or wrong.
 */
export function createConsoles(
  vnc: VncSecurityOptions,
  sharesPort: boolean,
  onUnusable: (error: Error) => void,
): Readonly<Record<ConsoleType, ConsoleDefinition>> {
  return { ...CONSOLES, vnc: createVnc(vnc, onUnusable), ...(sharesPort && { spice: SPICE_OF_WORKERS }) };
}
