import * as v from "valibot";
import { isIP } from "node:net";
import { type Address, parseAddress } from "../net/address.ts";
import { CONSOLE_TYPES } from "../consoles/index.ts";
import { MAX_LIFETIME_SECONDS } from "../tokens/store.ts";
import type { TokenRequest } from "../tokens/store.ts";
import type { AdminOptions } from "./options.ts";

const text = v.pipe(v.string("expected a string"), v.nonEmpty("expected a string that is not empty"), v.maxLength(256));

const tokenRequest = v.strictObject(
  {
    type: v.picklist(CONSOLE_TYPES, `expected ${CONSOLE_TYPES.map((type) => `"${type}"`).join(" or ")}`),
    target: v.string("expected host:port"),
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
  const { type, target, ttl, instance, name } = check(tokenRequest, body);
  const address = parseTarget(target);
  if (isIP(address.host) !== 0 && !allow.allows(address.host, address.port)) {
    throw new BadRequest(`target: expected an address in targets.allow, but got ${JSON.stringify(target)}`);
  }
  return {
    type,
    endpoint: { type: "tcp", ...address },
    access: "control",
    ttlMs: (ttl ?? tokenTtl) * 1000,
    instance: instance ?? undefined,
    name: name ?? undefined,
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

function parseTarget(target: string): Address {
  try {
    const address = parseAddress(target);
    if (address.port > 0) return address;
  } catch {
    // One message for both.
  }
  throw new BadRequest(`target: expected host:port with a port from 1 to 65535, but got ${JSON.stringify(target)}`);
}

function check<T>(schema: v.GenericSchema<unknown, T>, body: unknown): T {
  const result = v.safeParse(schema, body);
  if (result.success) return result.output;
  const [issue] = result.issues;
  const path = v.getDotPath(issue) ?? "body";
  throw new BadRequest(`${path}: ${issue.expected === "never" ? "there is no such field" : issue.message}`);
}
