import type { CloseAction, ServerCloseReason } from "@curfew/protocol";

/** Everything that {@link ServerCloseReason} says, plus what only the client can see. */
export type CloseReason =
  | ServerCloseReason
  /** `close()`, the AbortSignal, or the viewer closed the channel. */
  | "client_closed"
  /** The connection broke: no close frame, a plain one without a reason, or silence for too long. */
  | "connection_lost"
  /** Never opened: name resolution, TLS, a proxy, an HTTP error (a browser cannot tell which), or no answer in time. */
  | "connect_failed"
  /** {@link ConsoleOptions.authorize} failed; its message is in `detail`. */
  | "authorize_failed"
  /** noVNC or xterm.js failed to load, or the viewer gave up, for example over a wrong VNC password. */
  | "viewer_failed"
  /** A code that this version does not know; see `code`. */
  | "unknown";

/** Why a connection ended. Every ending produces one, whatever went wrong. */
export interface CloseInfo {
  /** Match on this. */
  readonly reason: CloseReason;
  /**
   * What may be done without asking anybody: connecting again with the same token (`"retry"`) or with
   * a new one (`"authorize"`), or nothing (`"stop"`). In `reconnecting` it is what the connection is
   * doing. What to offer to a person is in `endTraits` of `@curfew/client/messages`.
   */
  readonly action: CloseAction;
  /** Close code as received (RFC 6455, section 7.4); 1006 when there was no close frame. */
  readonly code: number;
  /** Human text in English. Not for matching on. */
  readonly detail?: string;
  /** Whether `connected` had been reached on this attempt. */
  readonly wasConnected: boolean;
}
