/**
 * Why a console connection ended: the WebSocket close code (RFC 6455, section 7.4.2: 4000-4999 is
 * for private use). The name is also the close frame's reason text.
 *
 * The hundreds digit says what a client may do, so an older client still acts correctly on a code that it
 * does not know; {@link closeAction} is that rule.
 */
export const CloseCode = {
  /** The peer broke the contract: malformed or oversized control message. */
  protocol_error: 4000,
  /** The grant names a target that this gateway may not dial, or another policy forbids the session. */
  forbidden: 4003,
  /** The target does not exist, for example its name does not resolve. */
  target_not_found: 4004,
  /** An operator ended the session or revoked its token. */
  session_terminated: 4005,
  /** Another session took the console over. */
  session_replaced: 4006,
  /** No key, pointer or clipboard input came for the configured time. */
  idle_timeout: 4007,
  /** The page's origin may not open consoles at this gateway. */
  origin_not_allowed: 4008,
  /** The machine was deleted. */
  instance_deleted: 4009,
  /** The target's certificate is expired, for another server, or not from a trusted authority. */
  target_untrusted: 4010,
  /** The target and the gateway do not agree on a version or on security, or the target refuses the gateway. */
  target_security_failed: 4011,
  /** The user at the console did not let another session take it over. */
  takeover_denied: 4012,
  /** The deadline of a running session came. */
  session_expired: 4100,
  /** The token had expired before the session could open. */
  token_expired: 4101,
  /** No token, an unknown one, or one that was revoked. */
  token_invalid: 4102,
  /** The console is no longer where its token says, or the token of a running session was withdrawn. */
  console_moved: 4103,
  /** The gateway is shutting down; another one, or the next one, will take the session. */
  server_draining: 4200,
  /** The gateway is at a limit. */
  server_busy: 4201,
  /** The target refused the connection or cannot be routed to. */
  target_unreachable: 4202,
  /** The target closed the connection, for example because the machine was switched off. */
  target_closed: 4203,
  /** The target did not accept the connection in time. */
  target_timeout: 4204,
  /** The token could not be looked up: a token source, or a service that it asks, does not answer. */
  lookup_failed: 4205,
  /** The gateway failed. */
  internal_error: 4299,
} as const;

/** Every end reason that a gateway can send, as one word. */
export type ServerCloseReason = keyof typeof CloseCode;

/**
 * What a client may do after a close code:
 * `stop` (connecting again will not help), `authorize` (get a new token, then connect) or `retry`
 * (the same token is still good; connect again with back-off).
 */
export type CloseAction = "stop" | "authorize" | "retry";

const REASONS = new Map<number, ServerCloseReason>(
  (Object.keys(CloseCode) as ServerCloseReason[]).map((reason) => [CloseCode[reason], reason]),
);

/** Codes of RFC 6455 and its registry that mean "the connection broke", not "you are at fault". */
const RETRYABLE: ReadonlySet<number> = new Set([1000, 1001, 1005, 1006, 1011, 1012, 1013, 1014]);

/**
 * What a client may do after a close code. Total over every number, codes of newer gateways
 * included: 41xx is `authorize`, 42xx `retry`, every other private code `stop`.
 *
 * A client that closed the connection itself has nothing to do and should not ask.
 */
export function closeAction(code: number): CloseAction {
  const hundreds = Math.floor(code / 100);
  if (hundreds === 41) return "authorize";
  if (hundreds === 42 || RETRYABLE.has(code)) return "retry";
  return "stop";
}

/** The end reason of a code, or `undefined` for one that this version does not know. */
export function closeReason(code: number): ServerCloseReason | undefined {
  return REASONS.get(code);
}
