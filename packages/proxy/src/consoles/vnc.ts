import type { ConsoleDefinition } from "./console-definition.ts";
import { RfbClientStreamParser } from "./rfb/client-stream-parser.ts";

/** RFB (RFC 6143). The client itself does the handshake with the target. */
export const VNC: ConsoleDefinition = {
  createUserInput: () => new RfbClientStreamParser(),
  handshake: [],
};
