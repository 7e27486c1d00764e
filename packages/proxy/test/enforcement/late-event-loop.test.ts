import { startByteServer } from "@curfew/testing";
import { describe, expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { HandClock } from "../support/clock.ts";
import { TestGateway } from "../support/gateway.ts";

const EXPIRED = { code: 4100, reason: "session_expired" };

/** A session whose deadline has come, and whose timer has not: as if the event loop had been busy. */
async function overdueSession(address: string, clock: HandClock): Promise<{ gateway: TestGateway; client: Client }> {
  const gateway = await TestGateway.start({ clock });
  // Beyond the next time at which the scheduler looks at the clock.
  const { token } = await gateway.token(address, { ttlMs: 3_600_000 });
  const client = new Client(gateway.host, token);
  await client.message("hello");
  return { gateway, client };
}

describe("rule 4: nothing passes after the deadline, even if the event loop is late", () => {
  test("what a client has typed", async () => {
    const clock = new HandClock();
    await using target = await startByteServer({ mode: "sink" });
    const { gateway, client } = await overdueSession(target.address, clock);
    const connection = await target.waitForConnection();
    clock.now += 3_600_001;
    client.socket.send(Buffer.from("typed"));
    expect(await client.closed).toEqual(EXPIRED);
    await connection.closed;
    expect(connection.bytesReceived).toBe(0);
    await gateway[Symbol.asyncDispose]();
  });

  test("what a target has sent", async () => {
    const clock = new HandClock();
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
    const { gateway, client } = await overdueSession(target.address, clock);
    await client.bytes(2 ** 20);
    clock.now += 3_600_001;
    const before = gateway.proxy.sessions.list()[0]?.bytes.toClient;
    expect(await client.closed).toEqual(EXPIRED);
    expect(gateway.logged("session ended")[0]?.["bytes_to_client"]).toBe(before);
    await gateway[Symbol.asyncDispose]();
  });

  test("a renewal", async () => {
    const clock = new HandClock();
    await using target = await startByteServer({ mode: "sink" });
    const { gateway, client } = await overdueSession(target.address, clock);
    const { token } = await gateway.token(target.address, { ttlMs: 7_200_000 });
    clock.now += 3_600_001;
    client.control({ type: "renew", id: 1, token });
    expect(await client.closed).toEqual(EXPIRED);
    expect(client.order).toEqual(["hello", "bye", "close"]);
    await gateway[Symbol.asyncDispose]();
  });
});
