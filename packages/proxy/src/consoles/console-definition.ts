import type { Stage } from "../targets/stage.ts";
import type { Grant } from "../tokens/grant.ts";
import type { ClientFilter } from "./client-filter.ts";
import type { Identify } from "./identified-channel.ts";
import type { Negotiation } from "./negotiation.ts";
import type { UserInput } from "./user-input.ts";

/** What the gateway has to know about a type of console. */
export interface ConsoleDefinition {
  /** Makes what finds the user's input on one connection. */
  readonly createUserInput: () => UserInput;
  /**
   * The stages of the handshake with the target before the client's bytes pass, in order. There is at least one where
   * {@link ConsoleDefinition.negotiate} follows.
   */
  readonly handshake: readonly Stage[];
  /** What follows with both sides once the client has its `hello`; undefined where their bytes pass at once. */
  readonly negotiate?: Negotiation;
  /** Where a session has several connections: reads which one a client opens. It comes before the target is dialed. */
  readonly identify?: Identify;
  /** Makes the filter for one connection of a session with this grant; undefined where everything may pass. */
  readonly createFilter?: (grant: Pick<Grant, "access">) => ClientFilter | undefined;
}
