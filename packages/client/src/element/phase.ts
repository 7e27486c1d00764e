import type { ConsoleState } from "../connection/model/state.ts";
import type { WarningPhase } from "../ui/expiry-warning.ts";

/**
 * What an element shows, in one word; also its attribute `status`: the status of the connection or,
 * while connected, what is told about the end of the session. `renewed` is shown for some seconds.
 */
export type ConsolePhase = ConsoleState["status"] | WarningPhase;
