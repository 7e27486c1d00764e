import { timingSafeEqual } from "node:crypto";
import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { LockLimit } from "../control/locker.ts";
import { BadPage } from "../paging.ts";
import { TrustedProxies } from "../net/trusted-proxies.ts";
import { sha256 } from "../sha256.ts";
import type { AdminFailures } from "../telemetry/admin-failures.ts";
import { EventRefused } from "../telemetry/event-bus.ts";
import { METRICS_CONTENT_TYPE } from "../telemetry/exposition.ts";
import { StoreError } from "../tokens/store.ts";
import { identifyActor, requestActor } from "./actor.ts";
import { addLockRoutes } from "./lock-routes.ts";
import type { AdminOptions } from "./options.ts";
import { problem, PROBLEM_DETAIL } from "./problem.ts";
import { BadQuery } from "./query.ts";
import { BadRequest } from "./request-body.ts";
import { addSessionRoutes } from "./session-routes.ts";
import { addTokenRoutes } from "./token-routes.ts";

/** A request's body that is longer is refused; one takes a few hundred bytes. */
const MAX_BODY_BYTES = 64 * 1024;
const TOO_LONG = `expected a body of at most ${MAX_BODY_BYTES} bytes`;

/**
 * The admin API. Everything under `/v1` requires `Authorization: Bearer <admin.key>`; errors are problem details
 * (RFC 9457). A token is never part of a URL, and only the response that issues it contains it.
 */
export function createAdminApi(options: AdminOptions): Hono {
  const app = new Hono();
  addStatusRoutes(app, options);
  const trusted = new TrustedProxies(options.trustedProxies);
  app.use("/v1/*", async (c, next) => {
    identifyActor(c, trusted);
    await next();
    if (c.res.status >= 500) reportFailure(c, options.failures);
  });
  app.use("/v1/*", async (c, next) => {
    const given = bearerKey(c.req.header("Authorization"));
    if (keyMatches(given, options.key)) {
      await next();
      return options.events.notify({ type: "admin_called", actor: requestActor(c), ...called(c) });
    }
    const { address: clientAddress } = requestActor(c);
    const refusal = refuseKey(c, given, options.authenticationFailures.add(clientAddress));
    options.events.notify({ type: "admin_refused", clientAddress, status: refusal.status });
    return refusal;
  });
  // Only these requests have a body that is read.
  app.on("POST", "/v1/*", bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => problem(c, 413, TOO_LONG) }));
  addTokenRoutes(app, options);
  addSessionRoutes(app, options);
  addLockRoutes(app, options);
  app.notFound((c) => problem(c, 404, "there is nothing at this address"));
  app.onError((error, c) => {
    if (error instanceof BadRequest) return problem(c, 422, error.message);
    if (error instanceof LockLimit) return problem(c, 409, error.message);
    if (error instanceof BadPage || error instanceof BadQuery) return problem(c, 400, error.message);
    if (error instanceof EventRefused || error instanceof StoreError) return problem(c, 503, error.message);
    options.log.error({ err: error, path: c.req.path }, "the admin API failed");
    return problem(c, 500, "the gateway failed; see its log");
  });
  return app;
}

function addStatusRoutes(app: Hono, { readiness, status, log }: AdminOptions): void {
  app.get("/healthz", (c) => c.text("ok"));
  app.get("/readyz", async (c) => {
    const state = await readiness();
    return c.text(state, state === "ready" ? 200 : 503);
  });
  app.get("/metrics", async (c) => {
    const { text, unavailable } = await status.metrics();
    for (const { member, reason } of unavailable) log.warn({ member, reason }, "metrics are not up to date");
    return c.body(text, 200, { "Content-Type": METRICS_CONTENT_TYPE });
  });
}

function reportFailure(c: Context, failures: AdminFailures): void {
  const { status } = c.res;
  const detail = String(c.get(PROBLEM_DETAIL));
  const failure = { status, method: c.req.method, path: c.req.path, client: requestActor(c).address, detail };
  failures.add(failure, status === 500 && c.error !== undefined);
}

/** What was called. Where nothing is found, the path may have a token in place of its id by mistake, and is cut. */
function called({
  req: { method, path },
  res: { status },
}: Context): Record<"method" | "path", string> & { status: number } {
  return { method, path: status === 404 ? path.split("/", 3).join("/") : path, status };
}

/** The right key is always accepted, so that wrong ones from the same address do not lock the operator out. */
function refuseKey(c: Context, given: string | undefined, retryAfterSeconds: number | undefined): Response {
  if (retryAfterSeconds !== undefined) {
    c.header("Retry-After", String(retryAfterSeconds));
    return problem(c, 429, "too many requests without the right key");
  }
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

/** Compares digests, so that the time it takes reveals neither the length nor the content of the key. */
function keyMatches(given: string | undefined, key: string): boolean {
  return timingSafeEqual(sha256(given ?? ""), sha256(key));
}
