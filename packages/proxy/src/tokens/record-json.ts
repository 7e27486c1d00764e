import * as v from "valibot";
import { formatEndpoint, parseEndpoint } from "../net/endpoint.ts";
import { type Access, type ConsoleType, isSubject, LAST_DATE, MAX_SUBJECT } from "./grant.ts";
import type { TokenRecord } from "./store.ts";

/** A token as gateways write it for each other, less its id; times are in milliseconds since the epoch. */
export interface RecordJson {
  readonly created_at: number;
  readonly expires_at: number;
  readonly type: ConsoleType;
  readonly endpoint: string;
  readonly instance: string | null;
  readonly name: string | null;
  readonly user: string | null;
  readonly access: Access;
  readonly single_use: boolean;
  readonly max_sessions: number | null;
  /** Left out, or null, for one that was not revoked. */
  readonly revoked_at?: number | null | undefined;
}

/** An instant in milliseconds since the epoch. */
export const instant: v.GenericSchema<unknown, number> = v.pipe(
  v.number(),
  v.integer(),
  v.minValue(0),
  v.maxValue(LAST_DATE),
);

const subject = v.nullable(v.pipe(v.string(), v.check(isSubject, `Unicode text of at most ${MAX_SUBJECT} characters`)));

/** The form of {@link RecordJson}. */
export const recordJson: v.GenericSchema<unknown, RecordJson> = v.object({
  created_at: instant,
  expires_at: instant,
  type: v.picklist(["vnc", "serial", "spice"]),
  endpoint: v.string(),
  instance: subject,
  name: v.nullable(v.string()),
  user: subject,
  access: v.picklist(["control", "view"]),
  single_use: v.boolean(),
  max_sessions: v.nullable(v.pipe(v.number(), v.safeInteger(), v.minValue(1))),
  revoked_at: v.nullish(instant),
});

/** What is written of a token, but for its revocation. It begins with the field that the stores look for. */
export function toRecordJson(record: TokenRecord): RecordJson {
  return {
    created_at: record.createdAt,
    expires_at: Math.round(record.expiresAt),
    type: record.type,
    endpoint: formatEndpoint(record.endpoint),
    instance: record.instance ?? null,
    name: record.name ?? null,
    user: record.user ?? null,
    access: record.access,
    single_use: record.singleUse === true,
    max_sessions: record.maxSessions ?? null,
  };
}

/** The reverse. @throws TypeError for an endpoint that is none. */
export function fromRecordJson(tokenId: string, json: RecordJson): TokenRecord {
  return {
    tokenId,
    type: json.type,
    endpoint: parseEndpoint(json.endpoint),
    instance: json.instance ?? undefined,
    name: json.name ?? undefined,
    user: json.user ?? undefined,
    access: json.access,
    ...(json.single_use && { singleUse: true }),
    ...(json.max_sessions !== null && { maxSessions: json.max_sessions }),
    createdAt: json.created_at,
    expiresAt: json.expires_at,
    revokedAt: json.revoked_at ?? undefined,
  };
}
