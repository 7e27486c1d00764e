import type { Stage } from "../targets/stage.ts";
import type { Grant } from "../tokens/grant.ts";
import type { ClientFilter } from "./client-filter.ts";
import type { UserInput } from "./user-input.ts";

/** What the gateway has to know about a type of console. */
export interface ConsoleDefinition {
  /** Makes what finds the user's input on one connection. */
  readonly createUserInput: () => UserInput;
  /** The stages of the handshake with the target before the client's bytes pass, in order. */
  readonly handshake: readonly Stage[];
  /** Makes the filter for one connection of a session with this grant; undefined where everything may pass. */
  readonly createFilter?: (grant: Grant) => ClientFilter | undefined;
}
