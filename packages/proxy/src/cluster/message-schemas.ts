import * as v from "valibot";
import type { ControlAnswer, ControlRequest, ControlType } from "../control/control-request.ts";
import type { SessionView } from "../control/session-view.ts";
import type { TakeoverAnswer, TakeoverBy } from "../limits/takeover.ts";
import type { Lock } from "../tokens/lock.ts";

/** What a gateway asks of another one. */
export type GatewayRequest =
  | ControlRequest
  /** Ends a session that another one replaces. It is answered once that has ended. */
  | { readonly type: "end_replaced"; readonly lease: string; readonly detail: string }
  /** Asks a session's user whether another one may take over. */
  | { readonly type: "ask_takeover"; readonly lease: string; readonly by: TakeoverBy };

export type GatewayRequestType = GatewayRequest["type"];

/** What it answers. */
export type GatewayAnswers = { readonly [Type in ControlType]: ControlAnswer<Type> } & {
  readonly end_replaced: null;
  readonly ask_takeover: TakeoverAnswer;
};

/** The most sessions of one message. */
export const PAGE_SESSIONS = 250;

/** The most members that one gateway may name. */
const MAX_MEMBERS = 1000;

const text = v.pipe(v.string(), v.maxLength(65_536));
const nullableText = v.nullable(text);
const optionalText = v.optional(text);
const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const time = v.pipe(text, v.isoTimestamp());
const instant = v.pipe(v.number(), v.finite());

/** What a newer gateway adds is left out. */
const sessionView = v.object({
  id: text,
  token_id: nullableText,
  type: nullableText,
  target: nullableText,
  instance: nullableText,
  name: nullableText,
  user: nullableText,
  access: nullableText,
  gateway: nullableText,
  client: text,
  certificate: nullableText,
  state: text,
  started_at: time,
  expires_at: v.nullable(time),
  bytes_to_client: count,
  bytes_to_target: count,
}) satisfies v.GenericSchema<SessionView>;

const members = v.pipe(v.array(v.object({ member: text, reason: text })), v.maxLength(MAX_MEMBERS));

const lock: v.GenericSchema<unknown, Lock> = v.object({
  id: text,
  subject: v.picklist(["user", "instance", "address", "token"]),
  value: text,
  message: v.optional(text, () => undefined),
  createdAt: instant,
  expiresAt: v.optional(instant),
});

const selection = v.variant("by", [
  v.object({ by: v.literal("id"), id: text }),
  v.object({ by: v.literal("instance"), instance: text }),
  v.object({ by: v.literal("user"), user: text }),
  v.object({ by: v.literal("token"), tokenId: text }),
  v.object({ by: v.literal("all") }),
]);

const consoleType = v.picklist(["vnc", "serial", "spice"]);

/** The answer of a gateway, with what it knows of its own processes. */
function answerOf<Answer>(answer: v.GenericSchema<unknown, Answer>) {
  return v.object({ answer, unavailable: members, replaced: members });
}

interface MessageSchemas<Type extends GatewayRequestType> {
  readonly request: v.GenericSchema<unknown, Extract<GatewayRequest, { readonly type: Type }>>;
  readonly answer: v.GenericSchema<unknown, GatewayAnswers[Type]>;
}

/** The form of each request and of its answer. */
export const schemas: { readonly [Type in GatewayRequestType]: MessageSchemas<Type> } = {
  list: {
    request: v.object({
      type: v.literal("list"),
      page: v.object({ limit: v.optional(count), after: optionalText }),
      filter: v.object({ instance: optionalText, type: v.optional(consoleType), user: optionalText }),
    }),
    answer: answerOf(
      v.object({
        sessions: v.pipe(v.array(sessionView), v.maxLength(PAGE_SESSIONS)),
        next: v.optional(text, () => undefined),
      }),
    ),
  },
  get: {
    request: v.object({ type: v.literal("get"), id: text }),
    answer: answerOf(v.nullable(sessionView)),
  },
  end: {
    request: v.object({
      type: v.literal("end"),
      selection,
      reason: v.picklist(["session_terminated", "session_replaced", "lookup_failed"]),
      detail: text,
      message: optionalText,
    }),
    answer: answerOf(count),
  },
  extend: {
    request: v.object({ type: v.literal("extend"), id: text, expiresAt: instant }),
    answer: answerOf(v.nullable(v.object({ session: sessionView, refused: nullableText }))),
  },
  lock: {
    request: v.object({ type: v.literal("lock"), lock }),
    answer: answerOf(v.object({ ended: count, expiresAt: v.optional(instant, () => undefined) })),
  },
  unlock: {
    request: v.object({ type: v.literal("unlock"), id: text }),
    answer: answerOf(v.null()),
  },
  end_replaced: {
    request: v.object({ type: v.literal("end_replaced"), lease: text, detail: text }),
    answer: v.null(),
  },
  ask_takeover: {
    request: v.object({
      type: v.literal("ask_takeover"),
      lease: text,
      by: v.object({ session: text, user: v.optional(text, () => undefined) }),
    }),
    answer: v.picklist(["allowed", "denied", "unanswered", "asked", "unaskable"]),
  },
};

/** What is wrong with a message, and where. */
export function describeIssue([issue]: readonly [v.BaseIssue<unknown>, ...v.BaseIssue<unknown>[]]): string {
  const path = v.getDotPath(issue);
  return path === null ? issue.message : `${path}: ${issue.message}`;
}
