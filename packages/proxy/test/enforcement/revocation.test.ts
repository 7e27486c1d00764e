import { startByteServer, startUnacceptingServer } from "@curfew/testing";
import { describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { TestGateway } from "../support/gateway.ts";
import { slowSource } from "../support/held-source.ts";

const TERMINATED = { code: 4005, reason: "session_terminated" };
const NOTHING = { sessions: 0, closing: 0, deadlines: 0 };

describe("rule 12: from its answer on, a revocation holds, also for what was under way", () => {
  const revoke = async (gateway: TestGateway, tokenId: string): Promise<void> => {
    expect((await gateway.admin("DELETE", `/v1/tokens/${tokenId}`)).status).toBe(200);
  };

  test("a token that is revoked while it is looked up opens nothing", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const { source, waiting, release } = slowSource(0);
    await using gateway = await TestGateway.start({ source });
    const { token, record } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await waiting(1);
    await revoke(gateway, record.tokenId);
    release();
    expect((await client.closed).reason).toBe("token_invalid");
    await gateway.proxy.sessions.idle();
    expect(target.connections).toHaveLength(0);
    expect(gateway.held()).toEqual(NOTHING);
  });

  test("a token that is revoked while its target is dialed ends the session", async () => {
    await using target = await startUnacceptingServer();
    await using gateway = await TestGateway.start();
    const { token, record } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await expect.poll(() => gateway.proxy.sessions.list()[0]?.phase).toBe("dialing");
    await revoke(gateway, record.tokenId);
    expect(await client.closed).toEqual(TERMINATED);
    await gateway.proxy.sessions.idle();
    expect(gateway.held()).toEqual(NOTHING);
  });

  test("a token that is revoked while a renewal looks it up renews nothing, and the session goes on", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const { source, waiting, release } = slowSource(1);
    await using gateway = await TestGateway.start({ source });
    const [first, second] = [
      await gateway.token(target.address),
      await gateway.token(target.address, { ttlMs: 600_000 }),
    ];
    using client = new Client(gateway.host, first.token);
    await client.message("hello");
    client.control({ type: "renew", id: 1, token: second.token });
    await waiting(1);
    await revoke(gateway, second.record.tokenId);
    release();
    expect(await client.message("renew_failed")).toMatchObject({ id: 1, reason: "token_invalid" });
    expect(gateway.proxy.sessions.list()[0]?.expiresAt).toBe(first.record.expiresAt);
    client.control({ type: "ping", id: 2 });
    await client.message("pong");
  });

  test("a token that is revoked while its session is being renewed ends the session", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const { source, waiting, release } = slowSource(1);
    await using gateway = await TestGateway.start({ source });
    const [first, second] = [await gateway.token(target.address), await gateway.token(target.address)];
    using client = new Client(gateway.host, first.token);
    await client.message("hello");
    client.control({ type: "renew", id: 1, token: second.token });
    await waiting(1);
    await revoke(gateway, first.record.tokenId);
    expect(await client.closed).toEqual(TERMINATED);
    release();
    await gateway.proxy.sessions.idle();
    expect(client.order).toEqual(["hello", "bye", "close"]);
    expect(gateway.held()).toEqual(NOTHING);
  });

  test.each([0, 1, 2])(
    "an observer that answers both at once lets no renewal through (%i turns apart)",
    async (lag) => {
      const flushed = Promise.withResolvers<void>();
      const waiting: string[] = [];
      await using target = await startByteServer({ mode: "sink" });
      await using gateway = await TestGateway.start({
        observers: [
          {
            name: "audit",
            before: async ({ type }) => {
              if (type !== "renewal_requested" && type !== "revocation_requested") return;
              waiting.push(type);
              await flushed.promise;
              if (type === "renewal_requested") await microtasks(lag);
            },
          },
        ],
      });
      const [first, second] = [await gateway.token(target.address), await gateway.token(target.address)];
      using client = new Client(gateway.host, first.token);
      await client.message("hello");
      client.control({ type: "renew", id: 1, token: second.token });
      await expect.poll(() => waiting).toEqual(["renewal_requested"]);
      const revoked = revoke(gateway, second.record.tokenId);
      await expect.poll(() => waiting).toHaveLength(2);
      flushed.resolve();
      await revoked;
      expect(gateway.proxy.sessions.list().map(({ grant }) => grant?.tokenId)).not.toContain(second.record.tokenId);
    },
  );

  test("no number of microtasks between a lookup's answer and the revocation lets a session through", async () => {
    for (let lag = 0; lag < 30; lag += 1) {
      await using target = await startByteServer({ mode: "sink" });
      const { source, waiting, release } = slowSource(0);
      await using gateway = await TestGateway.start({ source });
      const { token, record } = await gateway.token(target.address);
      using client = new Client(gateway.host, token);
      await waiting(1);
      release();
      await microtasks(lag);
      gateway.proxy.sessions.revoke(record.tokenId, "the token was revoked");
      expect((await client.closed).reason, `${lag} microtasks`).toMatch(/^(?:token_invalid|session_terminated)$/);
    }
  });

  test("the library revokes a token and ends its sessions with one call", async () => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start();
    const { token, record } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    expect(await gateway.proxy.revoke(record.tokenId)).toBe(1);
    expect(await client.closed).toEqual(TERMINATED);
    expect(await gateway.proxy.revoke("no such id")).toBeUndefined();
  });
});

async function microtasks(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await Promise.resolve();
}
