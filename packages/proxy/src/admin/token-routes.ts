import type { Context, Hono } from "hono";
import type { TokenRecord, TokenStore } from "../tokens/store.ts";
import { requestActor } from "./actor.ts";
import type { AdminOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { parseTokenBody, parseTokenRequest } from "./request-body.ts";
import { endFailed, incomplete } from "./session-routes.ts";
import { tokenView } from "./token-view.ts";

const NO_TOKEN = "there is no such token";

/** Adds the routes under `/v1/tokens`. */
export function addTokenRoutes(app: Hono, options: AdminOptions): void {
  const { store } = options;
  if (store !== undefined) addStoreRoutes(app, store, options);
  else app.all("/v1/tokens/*", (c) => problem(c, 501, "this token source only looks tokens up"));
}

function addStoreRoutes(app: Hono, store: TokenStore, options: AdminOptions): void {
  app.post("/v1/tokens", async (c) => {
    const { tokenTtl, consoleUrl, events } = options;
    const actor = requestActor(c);
    const request = parseTokenRequest(await readJson(c), tokenTtl);
    await events.ask({ type: "token_requested", actor, token: request });
    const { token, record } = await store.issue(request);
    events.notify({ type: "token_issued", actor, token: record });
    return c.json({ ...tokenView(record), token, url: consoleUrl(token, record) }, 201, {
      "Cache-Control": "no-store",
    });
  });
  app.get("/v1/tokens", async (c) => c.json({ tokens: (await store.list()).map(tokenView) }));
  app.get("/v1/tokens/:id", async (c) => show(c, await store.get(c.req.param("id"))));
  app.delete("/v1/tokens/:id", async (c) => {
    return await revoke(c, store, options, await store.get(c.req.param("id")));
  });
  // For callers that have the token but not its id; named as in RFC 7662 and RFC 7009.
  app.post("/v1/tokens/introspect", async (c) => show(c, await store.find(parseTokenBody(await readJson(c)))));
  app.post("/v1/tokens/revoke", async (c) => {
    return await revoke(c, store, options, await store.find(parseTokenBody(await readJson(c))));
  });
}

/** Revokes a token, and ends its sessions. */
async function revoke(
  c: Context,
  store: TokenStore,
  { control, events }: AdminOptions,
  record: TokenRecord | undefined,
): Promise<Response> {
  if (record === undefined) return problem(c, 404, NO_TOKEN);
  const actor = requestActor(c);
  const { tokenId } = record;
  await events.ask({ type: "revocation_requested", actor, tokenId });
  const revoked = await store.revoke(tokenId);
  if (revoked === undefined) return problem(c, 404, NO_TOKEN);
  const command = { reason: "session_terminated", detail: "the token was revoked" } as const;
  const { ended, ...members } = await control.end({ by: "token", tokenId }, command);
  events.notify({ type: "token_revoked", actor, tokenId, sessions: ended });
  return members.unavailable.length === 0
    ? c.json({ ...tokenView(revoked), ...incomplete(members) })
    : endFailed(c, "revoked the token and ended", { ended, ...members });
}

function show(c: Context, record: TokenRecord | undefined): Response {
  return record === undefined ? problem(c, 404, NO_TOKEN) : c.json(tokenView(record));
}

async function readJson(c: Context): Promise<unknown> {
  return await c.req.json().catch(() => undefined);
}
