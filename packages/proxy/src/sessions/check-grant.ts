import { isIPv6 } from "node:net";
import { type ConsoleType, type Grant, isSubject, LAST_DATE, MAX_SUBJECT } from "../tokens/grant.ts";
import { EndError } from "../end-reason.ts";
import { MAX_HOST } from "../net/address.ts";
import { isConnectPath } from "../targets/connect-request.ts";

const MAX_PORT = 65_535;

/**
 * Checks what a token source returned. Sources may be an embedder's own, in a language without types or with an
 * answer from elsewhere; a field that is wrong must neither open a console nor fail somewhere else.
 *
 * @param consoles - the types of consoles that the gateway knows.
 * @throws EndError `internal_error` that names the field and what was expected; it quotes no value.
 */
export function checkGrant(grant: unknown, consoles: Readonly<Record<ConsoleType, unknown>>): void {
  if (!isObject(grant)) throw malformed("a grant", "an object");
  // Only the fields' names are known; every value is to be checked.
  const fields: Partial<Record<keyof Grant, unknown>> = grant;
  if (!isText(fields.tokenId)) throw malformed("tokenId", "a string that is not empty");
  if (typeof fields.type !== "string" || !Object.hasOwn(consoles, fields.type)) {
    throw malformed("type", Object.keys(consoles).join(" or "));
  }
  if (fields.access !== "control" && fields.access !== "view") throw malformed("access", "control or view");
  for (const name of ["instance", "name", "user", "accessUrlBase"] as const) {
    const value = fields[name] ?? undefined;
    if (value !== undefined && typeof value !== "string") throw malformed(name, "a string or nothing");
  }
  for (const name of ["instance", "user"] as const) {
    const value = fields[name];
    if (typeof value !== "string" || isSubject(value)) continue;
    throw malformed(name, `Unicode text of at most ${MAX_SUBJECT} characters, or nothing`);
  }
  if (typeof fields.expiresAt !== "number" || !(Math.abs(fields.expiresAt) <= LAST_DATE)) {
    throw malformed("expiresAt", "milliseconds since the epoch");
  }
  checkEndpoint(fields.endpoint);
  checkOptional(fields);
}

/** Fields that are absent in the grants of most sources. */
function checkOptional(fields: Partial<Record<keyof Grant, unknown>>): void {
  const { internalAccessPath, tlsPort, revalidation, notBefore, singleUse, maxSessions } = fields;
  if (notBefore !== undefined && typeof notBefore !== "number") {
    throw malformed("notBefore", "milliseconds since the epoch, or nothing");
  }
  if (singleUse !== undefined && typeof singleUse !== "boolean") throw malformed("singleUse", "true, false or nothing");
  if (maxSessions !== undefined && !(Number.isSafeInteger(maxSessions) && Number(maxSessions) >= 1)) {
    throw malformed("maxSessions", "a whole number of 1 or more, or nothing");
  }
  if (internalAccessPath !== undefined && !(isText(internalAccessPath) && isConnectPath(internalAccessPath))) {
    throw malformed("internalAccessPath", "at most 2048 ASCII characters without spaces, or nothing");
  }
  if (tlsPort !== undefined && !isPort(tlsPort)) throw malformed("tlsPort", `a port from 1 to ${MAX_PORT}, or nothing`);
  if (revalidation !== undefined && !(isObject(revalidation) && typeof revalidation["check"] === "function")) {
    throw malformed("revalidation", "an object with the method check, or nothing");
  }
}

function checkEndpoint(endpoint: unknown): void {
  if (!isObject(endpoint)) throw malformed("endpoint", "an object");
  const { type, host, port, serverName, path } = endpoint;
  switch (type) {
    case "unix":
      if (!isText(path) || !path.startsWith("/")) throw malformed("endpoint.path", "an absolute path");
      return;
    case "tcp":
    case "tls":
      if (!isText(host) || host.length > MAX_HOST || (/[\s[\]/]/.test(host) && !isIPv6(host))) {
        throw malformed("endpoint.host", "a name or address");
      }
      if (!isPort(port)) throw malformed("endpoint.port", `a port from 1 to ${MAX_PORT}`);
      if (serverName !== undefined && !isText(serverName)) throw malformed("endpoint.serverName", "a name or nothing");
      return;
    default:
      throw malformed("endpoint.type", "tcp, tls or unix");
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null;
}

function isPort(value: unknown): boolean {
  return Number.isInteger(value) && Number(value) >= 1 && Number(value) <= MAX_PORT;
}

function isText(value: unknown): value is string {
  return typeof value === "string" && value !== "" && !value.includes("\0");
}

function malformed(field: string, expected: string): EndError {
  return new EndError("internal_error", `the token source gave a malformed grant: ${field}: expected ${expected}`);
}
