import type { ServerCloseReason } from "./close.ts";

/** Largest control message that either side accepts, in bytes of UTF-8. */
export const MAX_CONTROL_BYTES = 8192;

/**
 * The `id` of a `renewed` that answers no `renew`: an operator has extended the session. No client uses it for a message
 * of its own.
 */
export const EXTENDED_ID = 9_007_199_254_740_991;

/**
 * Gateway to client, one JSON object in each text frame. Times are durations in milliseconds,
 * never instants: the two clocks disagree.
 */
export type ServerMessage =
  /** The first message of a session that opened. `expiresInMs` is null when nothing will end it. */
  | {
      readonly type: "hello";
      readonly session: string;
      readonly expiresInMs: number | null;
      readonly renewable: boolean;
      /** How long the session may be without input before it ends; absent or null where it has no such limit. */
      readonly idleTimeoutMs?: number | null;
      /** What the gateway lets the client do: with `view` no input reaches the console. Absent means `control`. */
      readonly access?: "control" | "view";
    }
  /** The session ends in `expiresInMs` unless it is renewed. */
  | { readonly type: "expiring"; readonly expiresInMs: number }
  /**
   * The renewal `id` was granted, or with {@link EXTENDED_ID} an operator extended the session. `renewable` says whether a further one can still move the
   * deadline; absent means as before.
   */
  | { readonly type: "renewed"; readonly id: number; readonly expiresInMs: number | null; readonly renewable?: boolean }
  /** The renewal `id` was refused; the deadline does not change. */
  | {
      readonly type: "renew_failed";
      readonly id: number;
      readonly reason: ServerCloseReason;
      readonly detail?: string;
    }
  /** Answer to the ping `id`. `expiresInMs` is the time left, for clients whose clock stood still; absent in old gateways. */
  | { readonly type: "pong"; readonly id: number; readonly expiresInMs?: number | null }
  /** The session ends in `endsInMs` unless there is input; null when there was. */
  | { readonly type: "idle_warning"; readonly endsInMs: number | null }
  /** Another session asks to take this one's place: of `user`, where that is known. Without an answer it is refused. */
  | { readonly type: "takeover_request"; readonly id: number; readonly endsInMs: number; readonly user?: string }
  /** The question `id` needs no answer any more. */
  | { readonly type: "takeover_over"; readonly id: number }
  /** Before `hello`: the session waits for the answer of the user who is at the console. */
  | { readonly type: "takeover_pending"; readonly endsInMs: number }
  /**
   * The close frame follows at once; said twice because some intermediaries drop close frames. `message` is what the
   * operator who ended the session wrote for the user.
   */
  | { readonly type: "bye"; readonly reason: ServerCloseReason; readonly detail?: string; readonly message?: string };

/** Client to gateway, one JSON object in each text frame. */
export type ClientMessage =
  /** Move the deadline to that of `token`. Answered by `renewed` or `renew_failed` with the same `id`. */
  | { readonly type: "renew"; readonly id: number; readonly token: string }
  /** Answered by `pong` with the same `id`. */
  | { readonly type: "ping"; readonly id: number }
  /** The user is there: counts as input for the idle limit, and reaches no console. */
  | { readonly type: "still_here" }
  /** The user's answer to the `takeover_request` with this `id`. */
  | { readonly type: "takeover_answer"; readonly id: number; readonly allow: boolean }
  /** Serial BREAK of `durationMs`, where the target has a way to send one. */
  | { readonly type: "break"; readonly durationMs?: number }
  /** Send no console bytes until `resume`: a browser cannot slow a WebSocket down by reading less. */
  | { readonly type: "pause" }
  /** The gateway may send console bytes again. */
  | { readonly type: "resume" };
