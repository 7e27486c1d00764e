import { EndError } from "../end-reason.ts";
import type { ConsoleDefinition } from "./console-definition.ts";
import { SpiceClientStreamParser } from "./spice/client-stream-parser.ts";
import { followLink } from "./spice/followed-link.ts";
import { identifySpiceChannel } from "./spice/identify.ts";
import { viewOnly, ViewOnlyFilter } from "./view-only-filter.ts";

/**
 * SPICE. A client opens a connection for each channel (display, inputs, cursor, …), all with one token; together they
 * are one session. The client itself does the handshake with the target on each.
 */
export const SPICE: ConsoleDefinition = {
  createUserInput: () => new SpiceClientStreamParser(),
  handshake: [],
  identify: identifySpiceChannel,
  createFilter: viewOnly(() => new ViewOnlyFilter(followLink())),
};

/** {@link SPICE} where other processes listen at the same port: the channels of a session would reach any of them. */
export const SPICE_OF_WORKERS: ConsoleDefinition = {
  ...SPICE,
  identify: () => {
    throw new EndError("forbidden", "this gateway has several workers, and SPICE consoles need workers: 1");
  },
};
