import { timingSafeEqual } from "node:crypto";
import { Hono } from "hono";
import { BadPage } from "../paging.ts";
import { sha256 } from "../sha256.ts";
import { EventRefused } from "../telemetry/event-bus.ts";
import { METRICS_CONTENT_TYPE } from "../telemetry/exposition.ts";
import { StoreError } from "../tokens/store.ts";
import type { AdminOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { BadRequest } from "./request-body.ts";
import { addSessionRoutes } from "./session-routes.ts";
import { addTokenRoutes } from "./token-routes.ts";

/**
 * The admin API. Everything under `/v1` requires `Authorization: Bearer <admin.key>`; errors are problem details
 * (RFC 9457). A token is never part of a URL, and only the response that issues it contains it.
 */
export function createAdminApi(options: AdminOptions): Hono {
  const app = new Hono();
  addStatusRoutes(app, options);
  app.use("/v1/*", async (c, next) => {
    if (!keyMatches(c.req.header("Authorization"), options.key)) {
      c.header("WWW-Authenticate", 'Bearer realm="curfew"');
      return problem(c, 401, "expected the header Authorization: Bearer <admin.key>");
    }
    return await next();
  });
  addTokenRoutes(app, options);
  addSessionRoutes(app, options);
  app.notFound((c) => problem(c, 404, "there is nothing at this address"));
  app.onError((error, c) => {
    if (error instanceof BadRequest) return problem(c, 422, error.message);
    if (error instanceof BadPage) return problem(c, 400, error.message);
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

/** Compares digests, so that the time it takes reveals neither the length nor the content of the key. */
function keyMatches(header: string | undefined, key: string): boolean {
  const given = /^bearer +(.+)$/i.exec(header ?? "")?.[1] ?? "";
  return timingSafeEqual(sha256(given), sha256(key));
}
