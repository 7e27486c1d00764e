import type { CloseAction, ServerCloseReason } from "@curfew/protocol";

/** Why a connection ended: the reasons that the server gives, and those that only the client can see. */
export type CloseReason =
  | ServerCloseReason
  /** `close()` was called, the AbortSignal was aborted, or the viewer closed the channel. */
  | "client_closed"
  /** The connection broke: no close frame, a close frame without a reason, or no data for too long. */
  | "connection_lost"
  /** The connection never opened: DNS, TLS, a proxy, an HTTP error (a browser cannot tell which), or a timeout. */
  | "connect_failed"
  /** {@link ConsoleOptions.authorize} failed; its message is in `detail`. */
  | "authorize_failed"
  /** noVNC or xterm.js failed to load or gave up, for example because of a wrong VNC password. */
  | "viewer_failed"
  /** A close code that this version does not know; see `code`. */
  | "unknown";

/** Describes the end of a connection. Every connection that ends produces one. */
export interface CloseInfo {
  /** The reason, for comparing. */
  readonly reason: CloseReason;
  /**
   * What the SDK may do without asking the user: connect again with the same token (`"retry"`) or
   * with a new one (`"authorize"`), or nothing (`"stop"`). In the state `reconnecting` it is what the
   * connection is doing. What to offer to the user is in `CLOSE_REASON_TRAITS` of
   * `@curfew/client/messages`.
   */
  readonly action: CloseAction;
  /** Close code as received (RFC 6455, section 7.4); 1006 when there was no close frame. */
  readonly code: number;
  /** Explanation in English for logs and support. Do not compare it. */
  readonly detail?: string;
  /** Whether this attempt had reached the state `connected`. */
  readonly wasConnected: boolean;
}
