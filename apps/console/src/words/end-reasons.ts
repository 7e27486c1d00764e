import type { CloseReason } from "@curfew/client";
import type { IconName } from "../views/icons.ts";

/**
 * What somebody can do next: `reopen` with the access they have, get `new-access` first, or ask
 * the `operator`.
 */
export type NextStep = "reopen" | "new-access" | "operator";

export interface EndWords {
  readonly icon: IconName;
  /** `calm` for an end that was to be expected, `problem` for one that was not. */
  readonly tone: "calm" | "problem";
  readonly title: string;
  readonly sentence: string;
  readonly next: NextStep;
}

/** The words for each end reason. A reason added to the SDK does not compile until it has words. */
export const endReasons: Readonly<Record<CloseReason, EndWords>> = {
  session_expired: {
    icon: "clock-alert",
    tone: "calm",
    title: "Session expired",
    sentence: "Your access to this console was limited in time, and that time is over.",
    next: "new-access",
  },
  token_expired: {
    icon: "clock-alert",
    tone: "calm",
    title: "This link has expired",
    sentence: "Links to this console are good for a limited time, and this one was opened too late.",
    next: "new-access",
  },
  token_invalid: {
    icon: "unlink",
    tone: "problem",
    title: "This link is not valid",
    sentence: "The gateway does not know this link. It may be incomplete, or it was withdrawn.",
    next: "new-access",
  },
  session_terminated: {
    icon: "user-x",
    tone: "calm",
    title: "Ended by an operator",
    sentence: "An operator ended this session or withdrew the access it was using.",
    next: "operator",
  },
  session_replaced: {
    icon: "users",
    tone: "calm",
    title: "Opened somewhere else",
    sentence: "Another session took over this console, and only one is allowed at a time.",
    next: "reopen",
  },
  idle_timeout: {
    icon: "moon",
    tone: "calm",
    title: "Closed because it was idle",
    sentence: "There was no typing, pointer movement or pasting for a while, so the gateway closed the session.",
    next: "reopen",
  },
  forbidden: {
    icon: "shield-x",
    tone: "problem",
    title: "Access not allowed",
    sentence: "The gateway’s rules do not allow this console to be opened.",
    next: "operator",
  },
  target_not_found: {
    icon: "search-x",
    tone: "problem",
    title: "Machine not found",
    sentence: "The gateway found nothing at the address where this machine’s console should be.",
    next: "operator",
  },
  protocol_error: {
    icon: "triangle-alert",
    tone: "problem",
    title: "The gateway did not understand this page",
    sentence: "It received a message that it could not read and closed the connection.",
    next: "operator",
  },
  server_draining: {
    icon: "server-off",
    tone: "calm",
    title: "The gateway is restarting",
    sentence: "It closed its sessions to shut down, and has not been back yet.",
    next: "reopen",
  },
  server_busy: {
    icon: "server-off",
    tone: "problem",
    title: "The gateway is busy",
    sentence: "It is at its limit of sessions, or cannot check links at the moment.",
    next: "reopen",
  },
  target_unreachable: {
    icon: "monitor-off",
    tone: "problem",
    title: "Machine not reachable",
    sentence: "The gateway could not connect to the machine’s console. The machine may be switched off.",
    next: "reopen",
  },
  target_closed: {
    icon: "power-off",
    tone: "calm",
    title: "The machine closed its console",
    sentence: "That happens when a machine is switched off, restarted or moved.",
    next: "reopen",
  },
  target_timeout: {
    icon: "monitor-off",
    tone: "problem",
    title: "The machine did not answer",
    sentence: "The gateway waited for the machine’s console, but no answer came in time.",
    next: "reopen",
  },
  internal_error: {
    icon: "triangle-alert",
    tone: "problem",
    title: "The gateway had a fault",
    sentence: "Something went wrong inside the gateway. It was nothing that you did.",
    next: "reopen",
  },
  client_closed: {
    icon: "circle-check",
    tone: "calm",
    title: "Disconnected",
    sentence: "You left this console. The machine keeps running.",
    next: "reopen",
  },
  connection_lost: {
    icon: "wifi-off",
    tone: "problem",
    title: "Connection lost",
    sentence: "The connection to the gateway broke and could not be restored.",
    next: "reopen",
  },
  connect_failed: {
    icon: "wifi-off",
    tone: "problem",
    title: "No connection to the gateway",
    sentence: "Your browser could not reach the gateway. Check your network, then try again.",
    next: "reopen",
  },
  authorize_failed: {
    icon: "key-round",
    tone: "problem",
    title: "No new access",
    sentence: "The page asked for a new token for this console and did not get one.",
    next: "new-access",
  },
  viewer_failed: {
    icon: "monitor-x",
    tone: "problem",
    title: "The console could not be shown",
    sentence: "The viewer did not start in this browser, or the machine’s console turned it away.",
    next: "reopen",
  },
  unknown: {
    icon: "circle-question-mark",
    tone: "problem",
    title: "The session ended",
    sentence: "The gateway gave a reason that this page does not know.",
    next: "reopen",
  },
};
