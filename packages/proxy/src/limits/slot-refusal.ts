import { EndError } from "../end-reason.ts";
import type { LimitName } from "./slots.ts";
import type { TakeoverRefusal } from "./takeover.ts";

/** Why a session gets no slot. */
export interface SlotRefusal {
  readonly limit: LimitName;
  /** The answer of the user who was asked; undefined where none was. */
  readonly answer?: TakeoverRefusal;
}

/** What a client is told at a limit. */
const REACHED: Readonly<Record<LimitName, string>> = {
  max: "the gateway has as many sessions as it may have",
  max_per_client: "your address has as many sessions as it may have",
  max_per_token: "the token has as many sessions as it may have",
  max_per_instance: "the machine has as many sessions as it may have",
  max_per_user: "the user has as many sessions as it may have",
};

/** The end of a session that gets no slot; the log has the limit's name. */
export function slotRefused({ limit, answer = "unaskable" }: SlotRefusal): EndError {
  const cause = `the limit sessions.${limit} is reached`;
  switch (answer) {
    case "denied":
      return new EndError("takeover_denied", "the user at the console declined", { cause });
    case "unanswered":
      return new EndError("server_busy", "the user at the console did not answer", { cause });
    case "asked":
      return new EndError("server_busy", "the user at the console was asked a moment ago", { cause });
    case "unaskable":
      return new EndError("server_busy", REACHED[limit], { cause });
  }
}
