import { startByteServer } from "@curfew/testing";
import { expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { SettableClock } from "./support/clock.ts";
import { TestGateway } from "./support/gateway.ts";

/** A client that asked for a pause while its target floods, and has got all that was under way. */
async function pausedClient(gateway: TestGateway, address: string): Promise<Client> {
  const { token } = await gateway.token(address);
  const client = new Client(gateway.host, token);
  await client.bytes(2 ** 20);
  client.control({ type: "pause" });
  for (let before = -1, id = 0; before !== client.received; id += 1) {
    before = client.received;
    client.control({ type: "ping", id });
    await client.until(() => client.messages.some((message) => message.type === "pong" && message.id === id), "a pong");
  }
  return client;
}

test("after pause no console byte comes, but answers do, and input passes; after resume the rest comes", async () => {
  await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
  await using gateway = await TestGateway.start();
  using client = await pausedClient(gateway, target.address);
  const { received } = client;
  client.control({ type: "pause" });
  client.socket.send(Buffer.from("typed"));
  const connection = await target.waitForConnection();
  await expect.poll(() => connection.bytesReceived).toBe(5);
  expect(client.received).toBe(received);
  client.control({ type: "resume" });
  await client.bytes(received + 4 * 2 ** 20);
});

test("a resume without a pause changes nothing", async () => {
  await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
  await using gateway = await TestGateway.start();
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  await client.bytes(2 ** 20);
  client.control({ type: "resume" });
  await client.bytes(client.received + 2 ** 20);
});

test("a pause holds no deadline up, and what was held back is not sent", async () => {
  await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
  const clock = new SettableClock();
  await using gateway = await TestGateway.start({ clock });
  using client = await pausedClient(gateway, target.address);
  const { received } = client;
  clock.passed = 60_000;
  expect(await client.closed).toEqual({ code: 4100, reason: "session_expired" });
  expect(client.received).toBe(received);
  await target.waitForNoConnections();
});
