import type { CloseReason } from "@curfew/client";

/** What the console page tells the page around it. */
export type PageMessage = { readonly curfew: 1 } & (
  | { readonly type: "ready" }
  /** The word in `data-state`. */
  | { readonly type: "state"; readonly state: string }
  | { readonly type: "expiring"; readonly expiresInMs: number; readonly renewable: boolean }
  /** Somebody pressed Renew, or Open again: answer with `renew`. Only after `can-renew`, or a `renew` unasked for. */
  | { readonly type: "renew-wanted" }
  /** `code` is the close code; `wasClean` is false where the connection broke. */
  | { readonly type: "closed"; readonly reason: CloseReason; readonly code: number; readonly wasClean: boolean }
);

/** What it does for the page around it. */
export type ParentMessage = { readonly curfew: 1 } &
  /** Gives the console the keyboard. */
  (
    | { readonly type: "focus" }
    /** Says that `renew-wanted` is answered: Renew is offered from then on. */
    | { readonly type: "can-renew" }
    /** Renews the session with this token; opens the console with it when it has ended. */
    | { readonly type: "renew"; readonly token: string }
    /** Ends the session. */
    | { readonly type: "close" }
  );
