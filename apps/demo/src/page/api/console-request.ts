import type { ConsoleType } from "../../api-types.ts";

/** A console that the user opens, and with which access. */
export interface ConsoleRequest {
  readonly kind: "machine" | "fault";
  readonly id: string;
  readonly name: string;
  readonly type: ConsoleType;
  /** Seconds; ignored for faults, which have their own lifetimes. */
  readonly lifetime: number;
  /** Whether the gateway ends the session at its deadline. */
  readonly enforce: boolean;
  /** The text below the name in the panel. */
  readonly note: string;
}

/** The content of the panel beside the lists. */
export interface OpenPanel {
  /** A new key each time, so that React creates a new panel. */
  readonly key: number;
  readonly view: "page" | "iframe";
  readonly request: ConsoleRequest;
}
