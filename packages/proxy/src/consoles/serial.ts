import type { ConsoleDefinition } from "./console-definition.ts";
import { SERIAL_INPUT } from "./serial-input.ts";

/** The plain bytes of a serial port. */
export const SERIAL: ConsoleDefinition = {
  createUserInput: () => SERIAL_INPUT,
  handshake: [],
};
