import type { ConsoleDefinition } from "./console-definition.ts";
import { EVERY_BYTE } from "./user-input.ts";

/** The plain bytes of a serial port. */
export const SERIAL: ConsoleDefinition = {
  createUserInput: () => EVERY_BYTE,
  handshake: [],
};
