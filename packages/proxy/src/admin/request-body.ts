import * as v from "valibot";
import { isIP } from "node:net";
import type { AllowList } from "../net/allow-list.ts";
import { type Endpoint, parseEndpoint } from "../net/endpoint.ts";
import { CONSOLE_TYPES } from "../consoles/index.ts";
import { isSubject, MAX_SUBJECT } from "../tokens/grant.ts";
import { MAX_LIFETIME_SECONDS } from "../tokens/store.ts";
import type { LockRequest } from "../control/locker.ts";
import { LOCK_SUBJECTS, parseNetwork } from "../tokens/lock.ts";
import type { TokenRequest } from "../tokens/store.ts";
import type { AdminOptions } from "./options.ts";
import { operatorMessage } from "./query.ts";

const text = v.pipe(
  v.string("expected a string"),
  v.nonEmpty("expected a string that is not empty"),
  v.check(isSubject, `expected Unicode text of at most ${MAX_SUBJECT} characters`),
);

const ACCESS = ["control", "view"] as const;
const COUNTED = "expected a whole number of 1 or more";

const tokenRequest = v.strictObject(
  {
    type: v.picklist(CONSOLE_TYPES, `expected ${CONSOLE_TYPES.map((type) => `"${type}"`).join(" or ")}`),
    target: v.string("expected host:port, tls://host:port or unix:/path"),
    ttl: v.optional(
      v.pipe(
        v.number("expected a number of seconds"),
        v.finite("expected a finite number of seconds"),
        v.gtValue(0, "expected more than 0 seconds"),
        v.maxValue(MAX_LIFETIME_SECONDS, `expected at most ${MAX_LIFETIME_SECONDS} seconds (100 years)`),
      ),
    ),
    instance: v.optional(v.nullable(text)),
    name: v.optional(v.nullable(text)),
    user: v.optional(v.nullable(text)),
    access: v.optional(v.nullable(v.picklist(ACCESS, 'expected "control" or "view"'))),
    single_use: v.optional(v.nullable(v.boolean("expected true or false"))),
    max_sessions: v.optional(v.nullable(v.pipe(v.number(COUNTED), v.safeInteger(COUNTED), v.minValue(1, COUNTED)))),
  },
  "expected an object",
);

const lockRequest = v.strictObject(
  {
    user: v.optional(v.nullable(text)),
    instance: v.optional(v.nullable(text)),
    address: v.optional(v.nullable(text)),
    token: v.optional(v.nullable(text)),
    message: v.optional(v.nullable(v.string("expected a string"))),
  },
  "expected an object",
);

const revocation = v.strictObject({ token: text }, "expected an object");

/** A request body that is not what was expected; the message names the field. */
export class BadRequest extends Error {
  override readonly name = "BadRequest";
}

/**
 * The body of `POST /v1/tokens`. A target that is a name is looked up and checked only when it is dialed.
 *
 * @throws BadRequest
 */
export function parseTokenRequest(
  body: unknown,
  { tokenTtl, allow }: Pick<AdminOptions, "tokenTtl" | "allow">,
): TokenRequest {
  const { type, target, ttl, instance, name, user, access, ...more } = check(tokenRequest, body);
  const endpoint = parseTarget(target);
  if (!mayBeAllowed(endpoint, allow)) {
    throw new BadRequest(`target: expected an address in targets.allow, but got ${JSON.stringify(target)}`);
  }
  return {
    type,
    endpoint,
    access: access ?? "control",
    ttlMs: (ttl ?? tokenTtl) * 1000,
    instance: instance ?? undefined,
    name: name ?? undefined,
    user: user ?? undefined,
    singleUse: more.single_use ?? undefined,
    maxSessions: more.max_sessions ?? undefined,
  };
}

/**
 * The body of the requests that name a token itself.
 *
 * @throws BadRequest that does not quote the token.
 */
export function parseTokenBody(body: unknown): string {
  return check(revocation, body).token;
}

/**
 * The body of `POST /v1/locks`.
 *
 * @throws BadRequest
 * @throws BadQuery for a message that the users cannot be shown.
 */
export function parseLockRequest(body: unknown): LockRequest {
  const { message, ...subjects } = check(lockRequest, body);
  const given = LOCK_SUBJECTS.flatMap((subject) => {
    const value = subjects[subject] ?? undefined;
    return value === undefined ? [] : [{ subject, value, message: operatorMessage({ message: message ?? undefined }) }];
  });
  const [request] = given;
  if (request === undefined || given.length > 1) {
    throw new BadRequest(`expected exactly one of ${LOCK_SUBJECTS.join(", ")}`);
  }
  try {
    if (request.subject === "address") parseNetwork(request.value);
  } catch (error) {
    throw new BadRequest(`address: ${error instanceof Error ? error.message : String(error)}`);
  }
  return request;
}

function parseTarget(target: string): Endpoint {
  try {
    return parseEndpoint(target);
  } catch (error) {
    throw new BadRequest(`target: ${error instanceof Error ? error.message : String(error)}`);
  }
}

/** Whether an endpoint may be dialed, as far as it can be told before. */
function mayBeAllowed(endpoint: Endpoint, allow: AllowList): boolean {
  if (endpoint.type === "unix") return allow.allowsPath(endpoint.path);
  return isIP(endpoint.host) === 0 || allow.allows(endpoint.host, endpoint.port);
}

function check<T>(schema: v.GenericSchema<unknown, T>, body: unknown): T {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? "body";
  throw new BadRequest(`${path}: ${issue.expected === "never" ? "there is no such field" : issue.message}`);
}
