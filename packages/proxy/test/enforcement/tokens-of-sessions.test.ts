import { type ByteServer, startByteServer } from "@curfew/testing";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { Client } from "../support/client.ts";
import { TestGateway } from "../support/gateway.ts";

const HOUR_MS = 3_600_000;

let target: ByteServer;
beforeAll(async () => {
  target = await startByteServer({ mode: "sink" });
});
afterAll(() => target.close());

test("the tokens that opened a session and renewed it last are looked up again", async () => {
  await using gateway = await TestGateway.start();
  const ttls = [60_000, 120_000, 180_000];
  const [first, second, third] = await Promise.all(
    ttls.map(async (ttlMs) => await gateway.token(target.address, { ttlMs })),
  );
  using client = new Client(gateway.host, first?.token);
  await client.message("hello");
  expect(gateway.proxy.sessions.tokenIds).toEqual([first?.record.tokenId]);
  for (const [id, token] of [second?.token, third?.token].entries()) {
    client.control({ type: "renew", id, token });
    await client.until(() => client.messages.filter(({ type }) => type === "renewed").length > id, "a renewal");
  }
  expect(gateway.proxy.sessions.tokenIds).toEqual([first?.record.tokenId, third?.record.tokenId]);
});

test("a token that expired long ago is not looked up again, also where its session was extended", async () => {
  await using gateway = await TestGateway.start();
  const { token, record } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  const { session } = await client.message("hello");
  gateway.proxy.sessions.get(session)?.extend(Date.now() + 48 * HOUR_MS);
  expect(gateway.proxy.sessions.tokenIds).toEqual([record.tokenId]);
  const now = vi.spyOn(Date, "now").mockReturnValue(record.expiresAt + 13 * HOUR_MS);
  try {
    expect(gateway.proxy.sessions.tokenIds).toEqual([]);
  } finally {
    now.mockRestore();
  }
});
