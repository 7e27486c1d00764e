import type { ConsoleType } from "../../api-types.ts";

/** What is opened, and with which access. */
export interface Place {
  readonly kind: "machine" | "fault";
  readonly id: string;
  readonly name: string;
  readonly type: ConsoleType;
  /** Seconds; faults have lifetimes of their own. */
  readonly lifetime: number;
  /** Whether the gateway ends the session when the time is over. */
  readonly enforce: boolean;
  /** Below the name: what is about to be seen. */
  readonly note: string;
}

/** What the panel beside the lists shows. */
export interface Opened {
  /** Differs for each opening, so that the panel starts anew. */
  readonly key: number;
  readonly where: "page" | "frame";
  readonly place: Place;
}
