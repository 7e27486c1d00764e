import { startByteServer } from "@curfew/testing";
import { expect, test } from "vitest";
import { Client } from "../support/client.ts";
import { HandClock } from "../support/clock.ts";
import { TestGateway } from "../support/gateway.ts";

test("a client that asks for thousands of renewals has few looked up, and gets one line for the others", async () => {
  await using target = await startByteServer({ mode: "sink" });
  const lookups = { count: 0 };
  await using gateway = await TestGateway.start({
    clock: new HandClock(),
    source: (store) => ({
      resolve: async (token) => {
        lookups.count += 1;
        return await store.resolve(token);
      },
      close: async () => {},
    }),
  });
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  await client.message("hello");
  for (let id = 0; id < 5000; id += 1) client.control({ type: "renew", id, token: "unknown" });
  await client.until(() => client.messages.filter(({ type }) => type === "renew_failed").length === 5000, "answers");
  const details = new Set(client.messages.map((message) => (message.type === "renew_failed" ? message.detail : "")));
  expect(details).toContain("too many renewals");
  client.socket.close(1000);
  await client.closed;
  await gateway.proxy.sessions.idle();
  expect(lookups.count).toBeLessThanOrEqual(11);
  expect(gateway.logged("renewal refused").length).toBeLessThanOrEqual(10);
  expect(gateway.logged("too many renewals refused")).toMatchObject([{ level: "warn", renewals: 4990 }]);
  const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  expect(metrics).toContain("\ncurfew_renewals_refused_total 5000\n");
});

test("a client may renew again once it has asked for nothing for a while", async () => {
  await using target = await startByteServer({ mode: "sink" });
  const clock = new HandClock();
  await using gateway = await TestGateway.start({ clock });
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  await client.message("hello");
  for (let id = 0; id < 100; id += 1) client.control({ type: "renew", id, token: "unknown" });
  await client.until(() => client.messages.filter(({ type }) => type === "renew_failed").length === 100, "answers");
  clock.now += 5000;
  client.control({ type: "renew", id: 100, token: (await gateway.token(target.address)).token });
  expect((await client.message("renewed")).id).toBe(100);
});
