/**
 * The connection to a remote console: socket, control messages, expiry, renewal, reconnection.
 * The viewers are separate entry points, `@curfew/client/vnc` and `@curfew/client/serial`.
 *
 * @packageDocumentation
 */
export { CloseCode, closeAction, closeReason } from "@curfew/protocol";
export type { CloseAction, ServerCloseReason } from "@curfew/protocol";
export { backoff } from "./backoff.ts";
export type { BackoffOptions } from "./backoff.ts";
export type { ConsoleChannel } from "./channel.ts";
export type { CloseInfo, CloseReason } from "./close-info.ts";
export { ConsoleConnection } from "./connection.ts";
export type { ListenOptions, Unsubscribe } from "./emitter.ts";
export { ConsoleError, StopRetrying } from "./errors.ts";
export type { ConsoleErrorCode } from "./errors.ts";
export type {
  AuthorizeContext,
  ConsoleOptions,
  Grant,
  LogLevel,
  LogSink,
  ReconnectContext,
  ReconnectPolicy,
} from "./options.ts";
export type { ConnectionStatistics, ConsoleEvents, ConsoleState, SessionInfo } from "./state.ts";
