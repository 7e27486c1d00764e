import type { CloseReason } from "@curfew/client";

/** A message from the console page to the page that embeds it. */
export type PageMessage = { readonly curfew: 1 } & (
  | { readonly type: "ready" }
  /** The value of `data-state`. */
  | { readonly type: "state"; readonly state: string }
  | { readonly type: "expiring"; readonly expiresInMs: number; readonly renewable: boolean }
  /** The user pressed Renew or Open again: answer with `renew`. Sent only after `can-renew`, or after a `renew`. */
  | { readonly type: "renew-wanted" }
  /** `code` is the close code. `wasClean` is false if the connection was lost. */
  | { readonly type: "closed"; readonly reason: CloseReason; readonly code: number; readonly wasClean: boolean }
);

/** A message to the console page from the page that embeds it. */
export type ParentMessage = { readonly curfew: 1 } &
  /** Gives the keyboard focus to the console. */
  (
    | { readonly type: "focus" }
    /** Announces that `renew-wanted` will be answered. The console page then offers Renew. */
    | { readonly type: "can-renew" }
    /** Renews the session with this token, or opens the console with it if the session has ended. */
    | { readonly type: "renew"; readonly token: string }
    /** Ends the session. */
    | { readonly type: "close" }
  );
