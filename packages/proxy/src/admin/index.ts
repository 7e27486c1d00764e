/**
 * A typed client of the gateway's admin API.
 *
 * @packageDocumentation
 */
export { AdminClient, AdminError } from "./client.ts";
export type {
  AdminClientOptions,
  AdminErrorOptions,
  IssuedToken,
  IssueRequest,
  LockRequest,
  LockResult,
  SessionsToEnd,
  TokenList,
} from "./client.ts";
export type { LockView } from "./lock-routes.ts";
export type { TokenView } from "./token-view.ts";
export type { MemberAnswers, SessionFilter, SessionList, UnavailableMember } from "../control/session-control.ts";
export type { SessionView } from "../control/session-view.ts";
export type { PageRequest } from "../paging.ts";
