import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { createBoundedClient } from "../../src/database/redis/bounded-client.ts";
import { FakeRedis } from "../support/fake-redis.ts";

const LIMITS = { maxBytes: 1000, maxValues: 10, onRefused: () => {} };

test("a client that is destroyed while it connects to a silent server leaves no connection", async () => {
  // It does not even greet.
  await using server = await FakeRedis.start(() => "");
  for (const url of [`redis://127.0.0.1:${server.port}`, `rediss://127.0.0.1:${server.port}`]) {
    const client = createBoundedClient({ url }, LIMITS);
    client.on("error", () => {});
    const connecting = client.connect();
    client.destroy();
    await expect(connecting).rejects.toBeInstanceOf(Error);
    // Accepted after that of the client, if there is one.
    const later = connect(server.port, "127.0.0.1");
    await once(later, "connect");
    await expect.poll(() => server.connections).toBe(1);
    later.destroy();
    await expect.poll(() => server.connections).toBe(0);
  }
});
