import type { IncomingMessage } from "node:http";
import type { Context, MiddlewareHandler } from "hono";
import { callerAddress, requestActor, setActor } from "./actor.ts";
import { hasRight, type KeyHolder, type Right, SOCKET_HOLDER } from "./keys.ts";
import type { AdminOptions } from "./options.ts";
import { problem, toldPath } from "./problem.ts";

/** Where a request's context holds what tells whose key it has. */
const HOLDER = "holder";

/** Undefined once the key was withdrawn. */
type FindHolder = () => KeyHolder | undefined;

/** Where a request's context holds the address that it comes from. */
const ADDRESS = "address";

/** What the server knows of a request besides its text. */
interface ServerBindings {
  readonly incoming: IncomingMessage;
}

/** The address of the caller, also of one without a key. */
export function requestAddress(c: Context): string {
  return c.get(ADDRESS) as string;
}

/**
 * Lets requests pass that have a key, or come through the Unix socket, and none of those that web pages send.
 *
 * @param calls - whether the log and the audit trail are told of those that pass.
 */
export function authenticate(options: AdminOptions, calls: "told" | "untold" = "told"): MiddlewareHandler {
  return async (c, next) => {
    const isLocal = options.isLocal((c.env as ServerBindings).incoming.socket);
    const address = callerAddress(c, options.trusted, isLocal);
    c.set(ADDRESS, address);
    const given = bearerKey(c.req.header("Authorization"));
    const find: FindHolder = () => (given === undefined ? undefined : options.keys.find(given));
    const known = find();
    const holder = isLocal ? SOCKET_HOLDER : known;
    if (holder !== undefined && !isFromPage(c)) {
      c.set(HOLDER, isLocal ? (): KeyHolder => SOCKET_HOLDER : find);
      setActor(c, { name: holder.name, address });
      await next();
      if (calls === "untold") return undefined;
      return options.events.notify({ type: "admin_called", actor: requestActor(c), ...called(c) });
    }
    const refusal = refuse(c, given, options.authenticationFailures.add(address));
    options.events.notify({ type: "admin_refused", clientAddress: address, status: refusal.status });
    return refusal;
  };
}

/** Lets requests pass whose key has this right. */
export function requireRight(right: Right): MiddlewareHandler {
  return async (c, next) => {
    if (mayStill(c, right)) return await next();
    c.header("WWW-Authenticate", `Bearer realm="curfew", error="insufficient_scope", scope="${right}"`);
    return problem(c, 403, `the key "${requestActor(c).name}" does not have the right "${right}"`);
  };
}

/** Whether the key of a request that was let pass has a right now: keys can be replaced while the answer lasts. */
export function mayStill(c: Context, right: Right): boolean {
  const holder = (c.get(HOLDER) as FindHolder)();
  return holder !== undefined && hasRight(holder, right);
}

/**
 * Whether a web page has sent a request. Programs send neither header; a browser sends at least one with every request
 * that could do something, and a page cannot prevent that (Fetch, section 3.1; Fetch Metadata).
 */
function isFromPage(c: Context): boolean {
  return c.req.header("Origin") !== undefined || (c.req.header("Sec-Fetch-Site") ?? "none") !== "none";
}

function called(c: Context): Record<"method" | "path", string> & { status: number } {
  return { method: c.req.method, path: toldPath(c), status: c.res.status };
}

/** The right key is always accepted, so that wrong ones from the same address do not lock the operator out. */
function refuse(c: Context, given: string | undefined, retryAfterSeconds: number | undefined): Response {
  if (retryAfterSeconds !== undefined) {
    c.header("Retry-After", String(retryAfterSeconds));
    return problem(c, 429, "too many requests without the right key");
  }
  if (isFromPage(c)) return problem(c, 403, "requests of web pages are not answered");
  if (given === undefined) {
    c.header("WWW-Authenticate", 'Bearer realm="curfew"');
    return problem(c, 401, "expected the header Authorization: Bearer <admin.key>");
  }
  c.header("WWW-Authenticate", 'Bearer realm="curfew", error="invalid_token"');
  return problem(c, 401, "the key is not this gateway's admin.key");
}

/** The key that a request presents (RFC 6750, section 2.1). */
function bearerKey(header: string | undefined): string | undefined {
  return /^bearer +(.+)$/i.exec(header ?? "")?.[1];
}
