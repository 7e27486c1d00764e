import type { ConsoleDefinition } from "./console-definition.ts";
import { RfbUserInput } from "./rfb/user-input.ts";

/** RFB (RFC 6143). The client itself does the handshake with the target. */
export const VNC: ConsoleDefinition = {
  createUserInput: () => new RfbUserInput(),
  handshake: [],
};
