import type { Context, Hono } from "hono";
import type { TokenRecord, TokenStore } from "../tokens/store.ts";
import { requestActor } from "./actor.ts";
import { listTokens } from "./list-tokens.ts";
import { addOperation, idOf } from "./operations.ts";
import type { AdminOptions } from "./options.ts";
import { problem } from "./problem.ts";
import { parseTokenBody, parseTokenRequest, readJson } from "./request-body.ts";
import { endFailed, incomplete, sessionCount } from "./session-routes.ts";
import { tokenView } from "./token-view.ts";

const NO_TOKEN = "there is no such token in the store; to refuse one that another system issued, lock it";
const NO_ID =
  "there is no token with this id in the store, where `curfew token list` shows them; to refuse one that another system " +
  "issued, lock it";

/** Adds the routes under `/v1/tokens`. */
export function addTokenRoutes(app: Hono, options: AdminOptions): void {
  const { store } = options;
  if (store !== undefined) addStoreRoutes(app, store, options);
  else app.all("/v1/tokens/*", (c) => problem(c, 501, "this token source only looks tokens up"));
}

function addStoreRoutes(app: Hono, store: TokenStore, options: AdminOptions): void {
  addOperation(app, "issueToken", async (c) => {
    const { consoleUrl, socketUrl, events } = options;
    const actor = requestActor(c);
    const request = parseTokenRequest(await readJson(c), options);
    await events.ask({ type: "token_requested", actor, token: request });
    const { token, record } = await store.issue(request);
    events.notify({ type: "token_issued", actor, token: record });
    const urls = { url: consoleUrl(token, record), ws_url: socketUrl() };
    return c.json({ ...tokenView(record), token, ...urls }, 201, { "Cache-Control": "no-store" });
  });
  addOperation(app, "listTokens", async (c, { limit, after, instance, type, user }) => {
    const { tokens, next } = await listTokens(store, { limit, after }, { instance, type, user });
    return c.json({ tokens: tokens.map(tokenView), ...(next !== undefined && { next }) });
  });
  addOperation(app, "getToken", async (c) => show(c, await store.get(idOf(c))));
  addOperation(app, "revokeToken", async (c) => {
    const id = idOf(c);
    // A store that cannot tell must not keep the sessions from being ended.
    const isUnknown = await store.get(id).then(
      (record) => record === undefined,
      () => false,
    );
    return isUnknown ? problem(c, 404, NO_ID) : await revoke(c, options, id);
  });
  // For callers that have the token but not its id; named as in RFC 7662 and RFC 7009.
  addOperation(app, "introspectToken", async (c) => {
    return show(c, await store.find(parseTokenBody(await readJson(c))));
  });
  addOperation(app, "revokeTokenItself", async (c) => {
    const record = await store.find(parseTokenBody(await readJson(c)));
    return record === undefined ? problem(c, 404, NO_TOKEN) : await revoke(c, options, record.tokenId);
  });
}

/** Revokes a token, and ends its sessions. */
async function revoke(c: Context, { revoker, events }: AdminOptions, tokenId: string): Promise<Response> {
  const actor = requestActor(c);
  await events.ask({ type: "revocation_requested", actor, tokenId });
  const { record, unwritten, isKept, ended, ...members } = await revoker.revoke(tokenId);
  if (record === undefined && unwritten === undefined) return problem(c, 404, NO_TOKEN);
  events.notify({ type: "token_revoked", actor, tokenId, sessions: ended });
  if (record === undefined) {
    const reach = isKept
      ? "from now on, but the gateway that issued it does not know yet, and is told as soon as it answers"
      : "until the gateway stops, but the revocation is not written";
    const detail = `ended ${sessionCount(ended)} and refuses the token ${reach}: ${unwritten}`;
    return problem(c, 503, detail, { ended, ...incomplete(members) });
  }
  return members.unavailable.length === 0
    ? c.json({ ...tokenView(record), ...incomplete(members) })
    : endFailed(c, "revoked the token and ended", { ended, ...members });
}

function show(c: Context, record: TokenRecord | undefined): Response {
  return record === undefined ? problem(c, 404, NO_TOKEN) : c.json(tokenView(record));
}
