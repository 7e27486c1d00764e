import { type ByteServer, startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { parseConfig } from "../../src/config/schema.ts";
import { parseEndpoint } from "../../src/net/endpoint.ts";
import type { Grant } from "../../src/tokens/grant.ts";
import { Client } from "../support/client.ts";
import { FakePrimary } from "../support/fake-primary.ts";
import { FakeRedis } from "../support/fake-redis.ts";

let target: ByteServer;
beforeEach(async () => {
  target = await startByteServer({ mode: "sink" });
});
afterEach(() => target.close());

function grant(ttlMs = 60_000): Grant {
  const console = {
    type: "vnc",
    endpoint: parseEndpoint(target.address),
    user: undefined,
    access: "control",
    instance: "vm-1",
    name: undefined,
  } as const;
  return { ...console, tokenId: "id of the token", expiresAt: Date.now() + ttlMs };
}

test("a revocation that comes right behind the answer to a lookup ends the session", async () => {
  await using primary = await FakePrimary.start({});
  using client = new Client(primary.url, "open sesame");
  const selection = { by: "token", tokenId: "id of the token" };
  primary.reply(await primary.asked("resolve"), grant());
  primary.tell({ type: "end", selection, reason: "session_terminated", detail: "the token was revoked" });
  expect(await client.closed).toEqual({ code: 4005, reason: "session_terminated" });
});

test("a revocation that comes while a lookup is under way opens nothing, whatever the answer says", async () => {
  await using primary = await FakePrimary.start({});
  using client = new Client(primary.url, "open sesame");
  const lookup = await primary.asked("resolve");
  const selection = { by: "token", tokenId: "id of the token" };
  const end = { type: "end", selection, reason: "session_terminated", detail: "the token was revoked" };
  expect(await primary.ask(end)).toBe(0);
  primary.reply(lookup, grant());
  expect((await client.closed).reason).toBe("token_invalid");
  expect(target.connections).toHaveLength(0);
});

test("a worker that cannot listen closes its sources, which would keep its process alive, and leaves", async () => {
  await using redis = await FakeRedis.start(() => undefined);
  const sources = [{ type: "redis", url: `redis://127.0.0.1:${redis.port}` }] as const;
  const listen = "192.0.2.1:6080";
  const primary = await FakePrimary.startWorker({ listen, tokens: { path: ":memory:", sources } });
  const left = once(primary, "left");
  await expect.poll(() => redis.connections).toBe(1);
  await primary.answer("unwritten_revocations", []);
  await primary.answer("locks", []);
  const message = `listen: cannot listen at ${listen}: EADDRNOTAVAIL`;
  expect((await primary.asked("failed")).request).toEqual({ type: "failed", message });
  await left;
  await expect.poll(() => redis.connections).toBe(0);
});

test("a worker that has stopped takes another configuration, of which nothing concerns it", async () => {
  const primary = await FakePrimary.start({});
  await primary[Symbol.asyncDispose]();
  expect(await primary.ask({ type: "reload", config: parseConfig({}) })).toBeNull();
});

test("of a token of another gateway the primary knows the issuer, whose sessions it can end", async () => {
  await using primary = await FakePrimary.start({});
  using client = new Client(primary.url, "open sesame");
  const issuer = "https://two:6081";
  await primary.answer("resolve", { ...grant(), issuer, singleUse: true });
  expect((await primary.asked("was_used")).request).toMatchObject({ issuer });
  await primary.answer("was_used", false);
  expect((await primary.asked("use_once")).request).toMatchObject({ issuer });
  await primary.answer("use_once", true);
  await client.message("hello");
  expect(await primary.ask({ type: "foreign_tokens" })).toEqual([{ tokenId: "id of the token", issuer }]);
  const end = { type: "end", reason: "lookup_failed", detail: "its issuer is away" };
  expect(await primary.ask({ ...end, selection: { by: "issuer", issuer: "https://three:6081" } })).toBe(0);
  expect(await primary.ask({ ...end, selection: { by: "issuer", issuer } })).toBe(1);
  expect((await client.closed).reason).toBe("lookup_failed");
});

test("of a grant without an expiry the primary says when it was used first", async () => {
  await using primary = await FakePrimary.start({
    consoleauth: { enforce_session_timeout: true, token_ttl: 60 },
  });
  using client = new Client(primary.url, "open sesame");
  const { expiresAt: _, ...endless } = grant();
  await primary.answer("resolve", endless);
  await primary.answer("first_use", Date.now() - 20_000);
  const { expiresInMs } = await client.message("hello");
  expect(expiresInMs).toBeLessThanOrEqual(40_000);
  expect(expiresInMs).toBeGreaterThan(30_000);
  expect(JSON.stringify((await primary.asked("first_use")).request)).not.toContain("sesame");
});

test("`/readyz` says what the primary has to say of the cluster", async () => {
  const note = "running sessions go on for 30 s";
  await using primary = await FakePrimary.start({});
  const answering = fetch(`${primary.url}/readyz`);
  primary.reply(await primary.asked("ping"), note);
  primary.fail(await primary.asked("store_health"), "there is no connection");
  const answer = await answering;
  expect([answer.status, (await answer.text()).trim()]).toEqual([503, `not ready: tokens.store; ${note}`]);
});

test("without limits no slot is asked for", async () => {
  await using primary = await FakePrimary.start({});
  using client = new Client(primary.url, "open sesame");
  await primary.answer("resolve", grant());
  await client.message("hello");
  client.socket.close(1000);
  await client.closed;
  expect(primary.requests).toEqual(["settings", "unwritten_revocations", "locks", "listening", "resolve"]);
});

describe("while a session waits for its slot", () => {
  const limited = { consoleauth: { enforce_session_timeout: true }, sessions: { max: 1 } };

  /** Of the next session; one that had ended has none. */
  async function expectOneConnection(primary: FakePrimary): Promise<void> {
    using next = new Client(primary.url, "open sesame");
    await primary.answer("resolve", grant(), 1);
    await primary.answer("acquire", null, 1);
    await next.message("hello");
    await target.waitForConnection(0);
    expect(target.connections).toHaveLength(1);
  }

  test("a client that leaves releases it", async () => {
    await using primary = await FakePrimary.start(limited);
    using client = new Client(primary.url, "open sesame");
    await primary.answer("resolve", grant());
    await primary.asked("acquire");
    client.socket.terminate();
    await primary.asked("release");
    await primary.answer("acquire", null);
    await expectOneConnection(primary);
  });

  test("the deadline ends it and releases the slot, and an answer after that opens nothing", async () => {
    await using primary = await FakePrimary.start(limited);
    using client = new Client(primary.url, "open sesame");
    await primary.answer("resolve", grant(1000));
    await primary.asked("acquire");
    expect(await client.closed).toEqual({ code: 4100, reason: "session_expired" });
    await primary.asked("release");
    await primary.answer("acquire", null);
    await expectOneConnection(primary);
  });

  test("a primary that fails refuses it as server_busy", async () => {
    await using primary = await FakePrimary.start(limited);
    using client = new Client(primary.url, "open sesame");
    await primary.answer("resolve", grant());
    primary.fail(await primary.asked("acquire"), "the other session's worker does not answer");
    expect(await client.closed).toEqual({ code: 4201, reason: "server_busy" });
    await primary.asked("release");
  });
});
