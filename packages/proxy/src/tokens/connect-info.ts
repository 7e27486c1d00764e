import * as v from "valibot";
import { formatAddress } from "../net/address.ts";
import type { Endpoint } from "../net/endpoint.ts";
import { type ConsoleType, type Grant, isSubject, MAX_SUBJECT } from "./grant.ts";
import { parseTarget } from "./target-text.ts";

const text = v.optional(v.nullable(v.string()));
const instant = v.optional(v.nullable(v.pipe(v.string(), v.isoTimestamp())));

/** What a grant takes from JSON besides its address and its times. */
const details = {
  type: v.optional(v.nullable(v.picklist(["vnc", "serial", "spice"]))),
  instance: text,
  name: text,
  user: text,
  access: v.optional(v.nullable(v.picklist(["control", "view"]))),
  single_use: v.optional(v.nullable(v.boolean())),
  max_sessions: v.optional(v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1)))),
};

const connectInfo = v.object({
  ...details,
  host: v.string(),
  port: v.pipe(v.number(), v.integer()),
  expires_at: instant,
  not_before: instant,
});

/** websockify's plugins also take a port that is text, and one that follows the host. */
const looseConnectInfo = v.object({
  ...connectInfo.entries,
  port: v.optional(v.union([v.pipe(v.number(), v.integer()), v.pipe(v.string(), v.regex(/^\d{1,5}$/))])),
});

type ConnectInfo = v.InferOutput<typeof looseConnectInfo>;

/** How JSON becomes a grant. */
export interface ConnectInfoOptions {
  readonly tokenId: string;
  /** For errors: whose JSON it is, such as `the token service`. */
  readonly issuer: string;
  /** The type of consoles where the JSON names none. */
  readonly consoleType: ConsoleType;
  /** Whether the address may be written in websockify's other ways. */
  readonly isLoose: boolean;
}

/**
 * The grant of JSON such as `{"host": "10.0.0.5", "port": 5901, "user": "alice"}`.
 *
 * @throws Error naming the field that is wrong and what was expected; it quotes nothing.
 */
export function readConnectInfo(json: unknown, options: ConnectInfoOptions): Grant {
  const { tokenId, issuer, consoleType, isLoose } = options;
  const result = v.safeParse(isLoose ? looseConnectInfo : connectInfo, json);
  if (!result.success) {
    const [issue] = result.issues;
    throw new Error(`${v.getDotPath(issue) ?? "reply"}: expected ${issue.expected ?? issue.type} of ${issuer}`);
  }
  const info: ConnectInfo = result.output;
  return {
    tokenId,
    type: info.type ?? consoleType,
    endpoint: toEndpoint(info, issuer),
    instance: toSubject("instance", info.instance, issuer),
    name: info.name ?? undefined,
    user: toSubject("user", info.user, issuer),
    access: info.access ?? "control",
    expiresAt: toInstant("expires_at", info.expires_at, issuer),
    ...optionalFields(info, issuer),
  };
}

/** Absent from the grant where the JSON does not name them. */
function optionalFields(
  { not_before, single_use, max_sessions }: ConnectInfo,
  issuer: string,
): Pick<Grant, "notBefore" | "singleUse" | "maxSessions"> {
  const notBefore = toInstant("not_before", not_before, issuer);
  return {
    ...(notBefore !== undefined && { notBefore }),
    ...(single_use === true && { singleUse: true }),
    ...(typeof max_sessions === "number" && { maxSessions: max_sessions }),
  };
}

function toSubject(field: string, text: string | null | undefined, issuer: string): string | undefined {
  if (typeof text !== "string" || isSubject(text)) return text ?? undefined;
  throw new Error(`${field}: expected Unicode text of at most ${MAX_SUBJECT} characters of ${issuer}`);
}

/** The milliseconds since the epoch of a time in the form of RFC 3339. */
function toInstant(field: string, time: string | null | undefined, issuer: string): number | undefined {
  if (typeof time !== "string") return undefined;
  const instant = Date.parse(time);
  const [year = Number.NaN, month = Number.NaN, day = Number.NaN] = time.slice(0, 10).split("-").map(Number);
  // For Date, the 31st of February is a day in March, and an offset without minutes is no offset.
  if (Number.isNaN(instant) || new Date(Date.UTC(year, month - 1, day)).getUTCDate() !== day) {
    throw new Error(`${field}: expected a time such as 2030-01-02T03:04:05Z of ${issuer}`);
  }
  return instant;
}

function toEndpoint({ host, port }: ConnectInfo, issuer: string): Endpoint {
  try {
    return parseTarget(port === undefined ? host : formatAddress({ host, port: Number(port) }));
  } catch {
    throw new Error(`host, port: expected an address of ${issuer}`);
  }
}

/**
 * Parses JSON of another system.
 *
 * @throws Error that does not quote it.
 */
export function parseJson(json: string, issuer: string): unknown {
  try {
    return JSON.parse(json);
  } catch {
    // The parser's message would quote the text.
    throw new Error(`expected JSON in ${issuer}'s reply`);
  }
}
