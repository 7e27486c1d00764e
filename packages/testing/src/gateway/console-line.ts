import type { ServerCloseReason } from "@curfew/protocol";
import type { Target } from "../net/address.ts";

/** What a console connection reports to its session. */
export interface ConsoleEvents {
  connected(): void;
  /** Resolves when the page has room for more. */
  output(bytes: Uint8Array): Promise<void>;
  ended(reason: ServerCloseReason): void;
}

/** The connection from a fake gateway to the console behind it. */
export interface ConsoleLine {
  /** Starts to read the console's output. */
  start(): void;
  /** Stops reading, until {@link resume}. */
  pause(): void;
  resume(): void;
  write(bytes: Uint8Array): void;
  /** Closes the connection without reporting its end. */
  destroy(): void;
}

/** Connects to a console. */
export type Dial = (target: Target, events: ConsoleEvents) => ConsoleLine;
