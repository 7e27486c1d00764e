import type { ConsoleDefinition } from "./console-definition.ts";
import { SERIAL_INPUT } from "./serial-input.ts";
import { NOTHING_PASSES, viewOnly } from "./view-only-filter.ts";

/** The plain bytes of a serial port. */
export const SERIAL: ConsoleDefinition = {
  createUserInput: () => SERIAL_INPUT,
  handshake: [],
  createFilter: viewOnly(() => NOTHING_PASSES),
};
