import { createHash, timingSafeEqual } from "node:crypto";
import { type Context, Hono } from "hono";
import type { Logger } from "../telemetry/log.ts";
import { METRICS_CONTENT_TYPE } from "../telemetry/exposition.ts";
import type { TokenSource } from "../tokens/source.ts";
import type { TokenRecord, TokenStore } from "../tokens/store.ts";
import type { SessionControl } from "../control/session-control.ts";
import { BadRequest, parseTokenBody, parseTokenRequest } from "./request-body.ts";
import { tokenView } from "./token-view.ts";

export interface AdminOptions {
  readonly key: string;
  readonly tokens: TokenSource;
  /** Lifetime in seconds of a token whose request names none. */
  readonly tokenTtl: number;
  readonly control: SessionControl;
  readonly log: Logger;
  readonly consoleUrl: (token: string, record: TokenRecord) => string;
}

/**
 * The admin API. Everything under `/v1` wants `Authorization: Bearer <admin.key>`; errors are
 * problem details (RFC 9457). A token never stands in a URL, and only the answer that issues it shows it.
 */
export function createAdminApi(options: AdminOptions): Hono {
  const { control } = options;
  const app = new Hono();
  app.get("/healthz", (c) => c.text("ok"));
  app.get("/readyz", (c) => c.text(control.state(), control.state() === "ready" ? 200 : 503));
  app.get("/metrics", async (c) => c.body(await control.metrics(), 200, { "Content-Type": METRICS_CONTENT_TYPE }));

  app.use("/v1/*", async (c, next) => {
    if (!keyMatches(c.req.header("Authorization"), options.key)) {
      c.header("WWW-Authenticate", 'Bearer realm="curfew"');
      return problem(c, 401, "expected the header Authorization: Bearer <admin.key>");
    }
    return await next();
  });
  addTokens(app, options);

  const detail = "an operator ended the session";
  app.get("/v1/sessions", async (c) => c.json({ sessions: await control.list() }));
  app.get("/v1/sessions/:id", async (c) => {
    const session = await control.get(c.req.param("id"));
    return session === undefined ? problem(c, 404, NO_SESSION) : c.json(session);
  });
  app.delete("/v1/sessions/:id", async (c) => {
    const ended = await control.end({ by: "id", id: c.req.param("id") }, detail);
    return ended === 0 ? problem(c, 404, NO_SESSION) : c.json({ ended });
  });
  app.delete("/v1/sessions", async (c) => {
    const instance = c.req.query("instance");
    if (instance === undefined && c.req.query("all") !== "true") {
      return problem(c, 400, "expected ?instance=ID, or ?all=true to end every session");
    }
    const selection = instance === undefined ? ({ by: "all" } as const) : ({ by: "instance", instance } as const);
    return c.json({ ended: await control.end(selection, detail) });
  });

  app.notFound((c) => problem(c, 404, "there is nothing at this address"));
  app.onError((error, c) => {
    if (error instanceof BadRequest) return problem(c, 422, error.message);
    options.log.error({ err: error, path: c.req.path }, "the admin API failed");
    return problem(c, 500, "the gateway failed; its log says more");
  });
  return app;
}

function addTokens(app: Hono, { tokens, tokenTtl, control, consoleUrl, log }: AdminOptions): void {
  if (!isStore(tokens)) {
    app.all("/v1/tokens/*", (c) => problem(c, 501, "this token source only looks tokens up"));
    return;
  }
  const revoke = async (record: TokenRecord | undefined): Promise<TokenRecord | undefined> => {
    const revoked = record && (await tokens.revoke(record.tokenId));
    if (revoked === undefined) return undefined;
    const sessions = await control.end({ by: "token", tokenId: revoked.tokenId }, "the token was revoked");
    log.info({ token_id: revoked.tokenId, sessions }, "token revoked");
    return revoked;
  };
  app.post("/v1/tokens", async (c) => {
    const request = parseTokenRequest(await c.req.json().catch(() => undefined), tokenTtl);
    const { token, record } = await tokens.issue(request);
    log.info({ token_id: record.tokenId, instance: record.instance }, "token issued");
    return c.json({ ...tokenView(record), token, url: consoleUrl(token, record) }, 201, {
      "Cache-Control": "no-store",
    });
  });
  app.get("/v1/tokens", async (c) => c.json({ tokens: (await tokens.list()).map(tokenView) }));
  app.get("/v1/tokens/:id", async (c) => {
    const record = await tokens.get(c.req.param("id"));
    return record === undefined ? problem(c, 404, NO_TOKEN) : c.json(tokenView(record));
  });
  app.delete("/v1/tokens/:id", async (c) => {
    const record = await revoke(await tokens.get(c.req.param("id")));
    return record === undefined ? problem(c, 404, NO_TOKEN) : c.json(tokenView(record));
  });
  // For who holds the token but not its id; named as in RFC 7662 and RFC 7009.
  app.post("/v1/tokens/introspect", async (c) => {
    const record = await tokens.find(parseTokenBody(await c.req.json().catch(() => undefined)));
    return record === undefined ? problem(c, 404, NO_TOKEN) : c.json(tokenView(record));
  });
  app.post("/v1/tokens/revoke", async (c) => {
    const record = await revoke(await tokens.find(parseTokenBody(await c.req.json().catch(() => undefined))));
    return record === undefined ? problem(c, 404, NO_TOKEN) : c.json(tokenView(record));
  });
}

function isStore(source: TokenSource): source is TokenStore {
  return "issue" in source;
}

const NO_SESSION = "there is no such session";
const NO_TOKEN = "there is no such token";

const TITLES = {
  400: "Bad Request",
  401: "Unauthorized",
  404: "Not Found",
  422: "Unprocessable Content",
  500: "Internal Server Error",
  501: "Not Implemented",
} as const;

/** An answer in the form of RFC 9457; `c.json` would say `application/json`. */
function problem(c: Context, status: keyof typeof TITLES, detail: string): Response {
  const body = JSON.stringify({ title: TITLES[status], status, detail });
  return c.body(body, status, { "Content-Type": "application/problem+json" });
}

/** Compares digests, so that neither the length nor the content of the key shows in the time it takes. */
function keyMatches(header: string | undefined, key: string): boolean {
  const given = /^bearer +(.+)$/i.exec(header ?? "")?.[1] ?? "";
  return timingSafeEqual(digest(given), digest(key));
}

function digest(value: string): Buffer {
  return createHash("sha256").update(value).digest();
}
