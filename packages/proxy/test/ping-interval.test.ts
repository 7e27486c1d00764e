import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { TestGateway } from "./support/gateway.ts";

test("quiet clients are pinged after connections.ping_interval, again and again, and stay", async () => {
  await using target = await startByteServer({ mode: "echo" });
  await using gateway = await TestGateway.start({ config: { connections: { ping_interval: 0.05 } } });
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  // More than may go unanswered.
  for (let count = 0; count < 5; count += 1) await once(client.socket, "ping");
  expect(client.socket.readyState).toBe(client.socket.OPEN);
});
