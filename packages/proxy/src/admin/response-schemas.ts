import * as v from "valibot";
import type { MemberAnswers } from "../control/session-control.ts";
import type { SessionView } from "../control/session-view.ts";
import type { LockResult, LockView } from "./lock-view.ts";
import type { IssuedToken, TokenView } from "./token-view.ts";

const time = v.pipe(v.string(), v.isoTimestamp());
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const nullableText = v.nullable(v.string());

const unavailableMember = v.strictObject({
  member: v.pipe(v.string(), v.description("Such as `worker 4711` or `gateway one`.")),
  reason: v.string(),
});

/** The fields that name processes of which the answer knows nothing. */
const members = {
  unavailable: v.optional(
    v.pipe(v.array(unavailableMember), v.description("Processes that did not answer: the answer is incomplete.")),
  ),
  replaced: v.optional(
    v.pipe(
      v.array(unavailableMember),
      v.description("Processes that did not respond, and were ended with their sessions."),
    ),
  ),
};

const tokenFields = {
  id: v.string(),
  type: v.string(),
  target: v.string(),
  instance: nullableText,
  name: nullableText,
  user: nullableText,
  access: v.pipe(v.string(), v.description("`control` or `view`.")),
  single_use: v.boolean(),
  max_sessions: v.nullable(count),
  created_at: time,
  expires_at: time,
  revoked_at: v.nullable(time),
};

const lockFields = {
  id: v.string(),
  subject: v.pipe(v.string(), v.description("`user`, `instance`, `address` or `token`.")),
  value: v.string(),
  message: v.pipe(nullableText, v.description("What the users are shown.")),
  created_at: time,
  expires_at: v.pipe(v.nullable(time), v.description("When the lock of a token is lifted by itself.")),
};

const ended = v.pipe(count, v.description("How many sessions were ended."));
const next = v.optional(v.pipe(v.string(), v.description("Where the next page begins; absent on the last one.")));

/** Members of an answer that the gateway leaves out where there is nothing to say. */
type Answered<T> = T & { readonly [Name in keyof MemberAnswers]?: MemberAnswers[Name] | undefined };

export const token: v.GenericSchema<Answered<TokenView>> = v.strictObject({ ...tokenFields, ...members });

export const issuedToken: v.GenericSchema<IssuedToken> = v.strictObject({
  ...tokenFields,
  token: v.pipe(v.string(), v.description("The token itself. No later response contains it.")),
  url: v.pipe(v.string(), v.description("Opens the console in a browser.")),
  ws_url: v.pipe(v.string(), v.description("Where the SDK connects, with the token.")),
});

export const tokenList: v.GenericSchema<{ readonly tokens: TokenView[]; readonly next?: string | undefined }> =
  v.strictObject({ tokens: v.array(v.strictObject(tokenFields)), next });

export const session: v.GenericSchema<SessionView> = v.strictObject({
  id: v.string(),
  token_id: v.pipe(nullableText, v.description("Null until the token was looked up.")),
  type: nullableText,
  target: nullableText,
  instance: nullableText,
  name: nullableText,
  user: nullableText,
  access: v.pipe(nullableText, v.description("`control` or `view`.")),
  gateway: v.pipe(nullableText, v.description("The gateway that runs it; null unless several gateways work as one.")),
  client: v.pipe(v.string(), v.description("The client's IP address.")),
  certificate: v.pipe(nullableText, v.description("The subject of the client's TLS certificate.")),
  state: v.pipe(v.string(), v.description("`resolving`, `asking`, `dialing` or `relaying`.")),
  started_at: time,
  expires_at: v.pipe(v.nullable(time), v.description("When the gateway ends it; null when nothing will.")),
  bytes_to_client: count,
  bytes_to_target: count,
});

export const sessionList: v.GenericSchema<
  Answered<{ readonly sessions: SessionView[]; readonly next?: string | undefined }>
> = v.strictObject({ sessions: v.array(session), next, ...members });

export const sessionsEnded: v.GenericSchema<Answered<{ readonly ended: number }>> = v.strictObject({
  ended,
  ...members,
});

export const lock: v.GenericSchema<Answered<LockView>> = v.strictObject({ ...lockFields, ...members });

export const lockResult: v.GenericSchema<Answered<LockResult>> = v.strictObject({ ...lockFields, ended, ...members });

export const lockList: v.GenericSchema<{ readonly locks: LockView[] }> = v.strictObject({
  locks: v.array(v.strictObject(lockFields)),
});

/** An error response (RFC 9457). */
export const problemDetails: v.GenericSchema = v.strictObject({
  title: v.string(),
  status: v.pipe(v.number(), v.safeInteger()),
  detail: v.string(),
  ended: v.optional(ended),
  ...members,
});
