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
});
