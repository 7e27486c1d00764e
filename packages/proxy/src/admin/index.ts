/**
 * A typed client of the gateway's admin API.
 *
 * @packageDocumentation
 */
export { AdminClient, AdminError } from "./client.ts";
export type {
  AdminClientOptions,
  AdminErrorOptions,
  FollowOptions,
  IssueRequest,
  LockRequest,
  SessionsToEnd,
  TokenList,
} from "./client.ts";
export type { FollowedEvent } from "./read-events.ts";
export type { LockResult, LockView } from "./lock-view.ts";
export type { IssuedToken, TokenView } from "./token-view.ts";
export type { MemberAnswers, SessionList, UnavailableMember } from "../control/session-control.ts";
export type { SessionView } from "../control/session-view.ts";
export type { PageRequest } from "../paging.ts";
export type { GrantFilter } from "../tokens/grant.ts";
