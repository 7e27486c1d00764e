import type { CloseAction, ServerCloseReason } from "@curfew/protocol";

/** Why a connection ended: the reasons that the server gives, and those that only the client can see. */
export type CloseReason =
  | ServerCloseReason
  | ViewerCloseReason
  /** `close()` was called, the AbortSignal was aborted, or the viewer closed the channel. */
  | "client_closed"
  /** The connection broke: no close frame, a close frame without a reason, or no data for too long. */
  | "connection_lost"
  /** The connection never opened: DNS, TLS, a proxy, an HTTP error (a browser cannot tell which), or a timeout. */
  | "connect_failed"
  /**
   * A server without `curfew.v1` opened the connection and closed it at once, twice, without a byte or a reason. Nova's
   * proxies refuse so whatever is wrong: the token, the `Origin`, or the console.
   */
  | "server_refused"
  /** The connection broke, and the token had expired when the SDK connected again. */
  | "access_expired"
  /** {@link ConsoleOptions.authorize} failed; its message is in `detail`. */
  | "authorize_failed"
  /** A close code that this version does not know; see `code`. */
  | "unknown";

/** Why a viewer gave up. */
export type ViewerCloseReason =
  /** The machine's console did not accept the password or the user name, or none was given. */
  | "credentials_rejected"
  /** The identity of the machine's console (its public key) was not approved. */
  | "server_not_trusted"
  /** The machine's console requires a way to sign in or to draw that the viewer does not have. */
  | "server_unsupported"
  /** noVNC, xterm.js or spice-html5 could not be loaded. */
  | "viewer_load_failed"
  /** The viewer failed in another way: it could not start, or not process what it received. */
  | "viewer_failed";

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
  /**
   * What the operator who ended the session wrote for the user. Show it as their words, and as plain text.
   * It has no line breaks, and at most 500 characters.
   */
  readonly message?: string;
  /** Whether this attempt had reached the state `connected`. */
  readonly wasConnected: boolean;
}
