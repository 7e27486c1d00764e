import { type Context, Hono } from "hono";
import { bodyLimit } from "hono/body-limit";
import { PEER_PATH } from "../cluster/peers/peer-path.ts";
import { LockLimit } from "../control/locker.ts";
import { isReady } from "../http/readiness.ts";
import { BadPage } from "../paging.ts";
import type { AdminFailures } from "../telemetry/admin-failures.ts";
import { EventRefused } from "../telemetry/event-bus.ts";
import { METRICS_CONTENT_TYPE } from "../telemetry/exposition.ts";
import { shareTurn } from "../time/share-turn.ts";
import { StoreError } from "../tokens/store.ts";
import { authenticate, requestAddress } from "./authentication.ts";
import { addEventRoutes } from "./event-routes.ts";
import { addLockRoutes } from "./lock-routes.ts";
import { openApiDocument } from "./openapi.ts";
import { addOperation } from "./operations.ts";
import { addPeerRoute } from "./peer-route.ts";
import type { AdminOptions } from "./options.ts";
import { problem, PROBLEM_DETAIL, toldPath } from "./problem.ts";
import { isRebound } from "./rebound.ts";
import { BadQuery } from "./query.ts";
import { BadRequest } from "./request-body.ts";
import { addSessionRoutes } from "./session-routes.ts";
import { addTokenRoutes } from "./token-routes.ts";

/** A request's body that is longer is refused; one takes a few hundred bytes. */
const MAX_BODY_BYTES = 64 * 1024;
const TOO_LONG = `expected a body of at most ${MAX_BODY_BYTES} bytes`;

const OTHER_HOST =
  "expected a Host that is an IP address, localhost or this machine's name: ask by one of them, or with a key of the admin API";

/**
 * The admin API. Everything under `/v1` requires a key that has the right for it; errors are problem details
 * (RFC 9457). A token is never part of a URL, and only the response that issues it contains it.
 */
export function createAdminApi(options: AdminOptions): Hono {
  const app = new Hono();
  const told = authenticate(options);
  addStatusRoutes(app, options);
  app.use("/v1/*", async (c, next) => {
    await next();
    if (c.res.status >= 500) reportFailure(c, options.failures);
  });
  app.use(PEER_PATH, authenticate(options, "untold"));
  app.use("/v1/*", async (c, next) => (c.req.path === PEER_PATH ? await next() : await told(c, next)));
  // Only these requests have a body that is read.
  app.on("POST", "/v1/*", bodyLimit({ maxSize: MAX_BODY_BYTES, onError: (c) => problem(c, 413, TOO_LONG) }));
  addTokenRoutes(app, options);
  addSessionRoutes(app, options);
  addLockRoutes(app, options);
  addEventRoutes(app, options);
  addPeerRoute(app, options);
  addOperation(app, "getOpenApi", (c) => c.json(openApiDocument()));
  app.notFound((c) => problem(c, 404, "there is nothing at this address"));
  app.onError((error, c) => {
    if (error instanceof BadRequest) return problem(c, 422, error.message);
    if (error instanceof LockLimit) return problem(c, 409, error.message);
    if (error instanceof BadPage || error instanceof BadQuery) return problem(c, 400, error.message);
    if (error instanceof EventRefused || error instanceof StoreError) return problem(c, 503, error.message);
    // Its client has gone in the middle of the body.
    if (c.req.raw.signal.aborted) return problem(c, 400, "the request is not whole");
    const response = problem(c, 500, "the gateway failed; see its log");
    c.res = response;
    options.log.error({ err: error, path: toldPath(c) }, "the admin API failed");
    return response;
  });
  return app;
}

function addStatusRoutes(app: Hono, options: AdminOptions): void {
  const { readiness, status, log } = options;
  app.get("/healthz", (c) => c.text("ok"));
  app.get("/readyz", async (c) => {
    const state = await readiness();
    return c.text(state, isReady(state) ? 200 : 503);
  });
  // Without a key, anyone who reaches it may ask for it at any rate, while sessions wait.
  const metrics = shareTurn(async () => await status.metrics());
  app.use("/metrics", async (c, next) => {
    if (!isRebound(c, options)) return await next();
    if (c.req.header("Authorization") === undefined) return problem(c, 403, OTHER_HOST);
    // Wrong keys are counted and limited here, too.
    return await authenticate(options, "untold")(c, next);
  });
  app.get("/metrics", async (c) => {
    const { text, unavailable } = await metrics();
    for (const { member, reason } of unavailable) log.warn({ member, reason }, "metrics are not up to date");
    return c.body(text, 200, { "Content-Type": METRICS_CONTENT_TYPE });
  });
}

function reportFailure(c: Context, failures: AdminFailures): void {
  const { status } = c.res;
  const detail = String(c.get(PROBLEM_DETAIL));
  const failure = { status, method: c.req.method, path: toldPath(c), client: requestAddress(c), detail };
  failures.add(failure, status === 500 && c.error !== undefined);
}
