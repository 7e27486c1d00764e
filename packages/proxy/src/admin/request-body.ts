import type { Context } from "hono";
import * as v from "valibot";
import { isIP } from "node:net";
import type { AllowList } from "../net/allow-list.ts";
import { type Endpoint, parseEndpoint } from "../net/endpoint.ts";
import type { LockRequest } from "../control/locker.ts";
import { LOCK_SUBJECTS, parseNetwork } from "../tokens/lock.ts";
import type { TokenRequest } from "../tokens/store.ts";
import type { AdminOptions } from "./options.ts";
import { extension, lockRequest, tokenBody, tokenRequest } from "./request-schemas.ts";

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
    ttlMs: (ttl ?? tokenTtl()) * 1000,
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
  return check(tokenBody, body).token;
}

/**
 * The body of `POST /v1/sessions/:id/extend`.
 *
 * @returns milliseconds.
 * @throws BadRequest
 */
export function parseExtension(body: unknown): number {
  return check(extension, body).ttl * 1000;
}

/**
 * The body of `POST /v1/locks`.
 *
 * @throws BadRequest
 */
export function parseLockRequest(body: unknown): LockRequest {
  const { message, ...subjects } = check(lockRequest, body);
  const given = LOCK_SUBJECTS.flatMap((subject) => {
    const value = subjects[subject] ?? undefined;
    return value === undefined ? [] : [{ subject, value, message: message ?? undefined }];
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

/** JSON; undefined for what is none. */
export async function readJson(c: Context): Promise<unknown> {
  return await c.req.json().catch(() => undefined);
}

function check<T>(schema: v.GenericSchema<unknown, T>, body: unknown): T {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? "body";
  throw new BadRequest(`${path}: ${issue.expected === "never" ? "there is no such field" : issue.message}`);
}
