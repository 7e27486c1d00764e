import type { Context, Hono } from "hono";
import * as v from "valibot";
import { requireRight } from "./authentication.ts";
import type { Right } from "./keys.ts";
import { problem } from "./problem.ts";
import { readQuery } from "./query.ts";
import { extension, lockRequest, type Query, tokenBody, tokenRequest } from "./request-schemas.ts";
import {
  issuedToken,
  lock,
  lockList,
  lockResult,
  session,
  sessionList,
  sessionsEnded,
  token,
  tokenList,
} from "./response-schemas.ts";

/** An operation of the admin API. */
export interface Operation {
  readonly method: "GET" | "POST" | "DELETE";
  /** A segment that begins with a colon is a parameter. */
  readonly path: `/v1/${string}`;
  /** What a key needs to call it. */
  readonly right: Right;
  readonly summary: string;
  /** The parameters of its query. */
  readonly query: readonly (keyof Query)[];
  /** What it reads of a header of its own. @defaultValue it has none */
  readonly header?: { readonly name: string; readonly description: string };
  /** @defaultValue it has no body */
  readonly body?: v.GenericSchema;
  /** The HTTP status of its answer, and the JSON in that. */
  readonly status: 200 | 201;
  readonly answer: v.GenericSchema;
  /** @defaultValue JSON */
  readonly mediaType?: "text/event-stream";
}

/** The names of the operations, which the methods of `AdminClient` have, too. */
export type OperationName =
  | "issueToken"
  | "listTokens"
  | "getToken"
  | "revokeToken"
  | "introspectToken"
  | "revokeTokenItself"
  | "listSessions"
  | "getSession"
  | "extendSession"
  | "endSession"
  | "endSessions"
  | "followEvents"
  | "getOpenApi"
  | "listLocks"
  | "lock"
  | "liftLock";

const get = { method: "GET", right: "read", query: [], status: 200 } as const;
const end = { method: "DELETE", right: "end", query: [], status: 200 } as const;
const post = { method: "POST", query: [], status: 200 } as const;

/** Every operation under `/v1`. */
export const OPERATIONS: Readonly<Record<OperationName, Operation>> = {
  issueToken: {
    ...post,
    path: "/v1/tokens",
    right: "issue",
    summary: "Issue a token.",
    body: tokenRequest,
    status: 201,
    answer: issuedToken,
  },
  listTokens: {
    ...get,
    path: "/v1/tokens",
    summary: "List the tokens that are neither expired nor revoked, newest first.",
    query: ["limit", "after", "instance", "type", "user"],
    answer: tokenList,
  },
  getToken: { ...get, path: "/v1/tokens/:id", summary: "Inspect a token.", answer: token },
  revokeToken: { ...end, path: "/v1/tokens/:id", summary: "Revoke a token and end its sessions.", answer: token },
  introspectToken: {
    ...post,
    path: "/v1/tokens/introspect",
    right: "read",
    summary: "Inspect a token whose id is not known.",
    body: tokenBody,
    answer: token,
  },
  revokeTokenItself: {
    ...post,
    path: "/v1/tokens/revoke",
    right: "end",
    summary: "Revoke a token whose id is not known, and end its sessions.",
    body: tokenBody,
    answer: token,
  },
  listSessions: {
    ...get,
    path: "/v1/sessions",
    summary: "List the running sessions, oldest first.",
    query: ["limit", "after", "instance", "type", "user"],
    answer: sessionList,
  },
  getSession: { ...get, path: "/v1/sessions/:id", summary: "Inspect a session.", answer: session },
  extendSession: {
    ...post,
    path: "/v1/sessions/:id/extend",
    right: "issue",
    summary: "Move the end of a session, as far as `sessions.max_duration` allows.",
    body: extension,
    answer: session,
  },
  endSession: {
    ...end,
    path: "/v1/sessions/:id",
    summary: "End a session.",
    query: ["message"],
    answer: sessionsEnded,
  },
  endSessions: {
    ...end,
    path: "/v1/sessions",
    summary: "End all sessions of a machine or of a user, or all sessions: exactly one of the three is expected.",
    query: ["instance", "user", "all", "message"],
    answer: sessionsEnded,
  },
  followEvents: {
    ...get,
    path: "/v1/events",
    summary: "Follow what the audit trail tells, as server-sent events.",
    header: {
      name: "Last-Event-ID",
      description: "The id of the last event that is known already: what came after it is sent first.",
    },
    answer: v.string(),
    mediaType: "text/event-stream",
  },
  getOpenApi: {
    ...get,
    path: "/v1/openapi.json",
    summary: "This document.",
    answer: v.looseObject({ openapi: v.string() }),
  },
  listLocks: { ...get, path: "/v1/locks", summary: "List the locks, oldest first.", answer: lockList },
  lock: {
    ...post,
    path: "/v1/locks",
    right: "admin",
    summary: "Keep a user, a machine, an address or a token out, and end their sessions.",
    body: lockRequest,
    status: 201,
    answer: lockResult,
  },
  liftLock: { ...end, path: "/v1/locks/:id", right: "admin", summary: "Lift a lock.", answer: lock },
};

/** What ids look like. A token that is given in place of one, by mistake, is longer, and must not get into the trail. */
const ID = /^[\w-]{1,36}$/;

/** Answers an operation for keys that have its right, with the parameters of its query. */
export function addOperation(
  app: Hono,
  name: OperationName,
  handle: (c: Context, query: Query) => Response | Promise<Response>,
): void {
  const { method, path, right, query } = OPERATIONS[name];
  app.on(method, path, requireRight(right), (c) => {
    if (path.includes(":id") && !ID.test(idOf(c))) return problem(c, 404, "there is nothing with this id");
    return handle(c, readQuery(c, query));
  });
}

/** The `:id` in the path of a request. */
export function idOf(c: Context): string {
  return c.req.param("id") ?? "";
}
