import { timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { sha256 } from "../sha256.ts";
import type { EventSink } from "../telemetry/events.ts";
import { clientCommonName } from "./tls/client-certificate.ts";

/** What a client needs besides a token: the options of the group `access`. */
export interface AccessOptions {
  /** `user:password` of HTTP Basic authentication; null for none. */
  readonly basic_auth: string | null;
  /** Origins that a client may send, in place of the rule of `console.allowed_origins`, or `*`; null for that rule. */
  readonly origins: readonly string[] | null;
  /** Common names that a client's certificate may have; null for any. */
  readonly client_names: readonly string[] | null;
  /** Whether this also holds for the page. */
  readonly page: boolean;
}

/** Why a client may not connect. */
export interface AccessRefusal {
  readonly reason: "unauthorized" | "origin" | "certificate";
  /** In English; quotes nothing that the client sent. */
  readonly message: string;
}

/** What a browser is told, so that it asks its user (RFC 7617). */
export const CHALLENGE: Readonly<Record<string, string>> = {
  "WWW-Authenticate": 'Basic realm="Curfew", charset="UTF-8"',
};

/** Says why the sender of a request may not connect; undefined where it may. */
export type AccessCheck = (request: Pick<IncomingMessage, "headers" | "socket">) => AccessRefusal | undefined;

/** Tells of a wrong password, but not of none: browsers learn that one is needed by asking without it. */
export function reportWrongPassword(
  events: Pick<EventSink, "notify">,
  { headers }: Pick<IncomingMessage, "headers">,
  clientAddress: string,
): void {
  if (headers.authorization === undefined) return;
  events.notify({
    type: "upgrade_refused",
    fault: "password",
    message: "expected another user name or password",
    clientAddress,
  });
}

/** The rules of the group `access`. */
export function createAccessCheck({ basic_auth, origins, client_names }: AccessOptions): AccessCheck {
  // As browsers send it, and as websockify reads it.
  const credentials = basic_auth === null ? undefined : [sha256(basic_auth), sha256(Buffer.from(basic_auth, "latin1"))];
  return ({ headers, socket }) => {
    if (credentials !== undefined && !credentialsMatch(headers.authorization, credentials)) return UNAUTHORIZED;
    if (origins !== null && !origins.includes("*") && !origins.includes(headers.origin ?? "")) return WRONG_ORIGIN;
    if (client_names !== null && !client_names.includes(clientCommonName(socket) ?? "")) return WRONG_CERTIFICATE;
    return undefined;
  };
}

const UNAUTHORIZED: AccessRefusal = { reason: "unauthorized", message: "a user name and a password are required" };
const WRONG_ORIGIN: AccessRefusal = { reason: "origin", message: "this site may not open consoles here" };
const WRONG_CERTIFICATE: AccessRefusal = {
  reason: "certificate",
  message: "a client certificate with another name is required",
};

/** Compares digests, so that the time tells nothing about the password. */
function credentialsMatch(header: string | undefined, digests: readonly Buffer[]): boolean {
  const [, given] = /^basic +([\w+/-]+={0,2}) *$/i.exec(header ?? "") ?? [];
  if (given === undefined) return false;
  const digest = sha256(Buffer.from(given, "base64"));
  return digests.map((each) => timingSafeEqual(digest, each)).includes(true);
}
