/**
 * The connection to a remote console: socket, control messages, expiry, renewal, reconnection. The
 * views are separate entry points, `@curfew/client/vnc`, `@curfew/client/serial` and `@curfew/client/spice`.
 *
 * @packageDocumentation
 */
export { CloseCode, closeAction, closeReason } from "@curfew/protocol";
export type { CloseAction, ConsoleType, ServerCloseReason } from "@curfew/protocol";
export { backoff } from "./connection/backoff.ts";
export type { BackoffOptions } from "./connection/backoff.ts";
export type { ConsoleChannel } from "./connection/channel/channel.ts";
export { connectInfoOf } from "./connection/connect-info-of.ts";
export { ConsoleConnection } from "./connection/connection.ts";
export type { CloseInfo, CloseReason, ViewerCloseReason } from "./connection/model/close-info.ts";
export type { ConnectInfo } from "./connection/model/connect-info.ts";
export { ConsoleError, StopRetrying } from "./connection/model/errors.ts";
export type { ConsoleErrorCode } from "./connection/model/errors.ts";
export type {
  AuthorizeContext,
  ConsoleOptions,
  LogLevel,
  LogSink,
  ReconnectContext,
  ReconnectPolicy,
} from "./connection/model/options.ts";
export type {
  ConnectionStatistics,
  ConsoleEvents,
  ConsoleState,
  SessionInfo,
  TakeoverRequest,
} from "./connection/model/state.ts";
export type { ListenOptions, Unsubscribe } from "./util/emitter.ts";
