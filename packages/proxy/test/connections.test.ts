import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { TestGateway } from "./support/gateway.ts";
import { RawClient, upgradeRequest } from "./support/raw-client.ts";

/** Connections that say nothing. */
async function silent(gateway: TestGateway, count: number): Promise<{ sockets: Socket[]; closed: Promise<unknown>[] }> {
  const { hostname, port } = new URL(gateway.url);
  const sockets = Array.from({ length: count }, () => connect(Number(port), hostname));
  const closed = sockets.map((socket) => once(socket.on("error", () => {}).resume(), "close"));
  await Promise.all(sockets.map((socket) => once(socket, "connect")));
  return { sockets, closed };
}

async function metric(gateway: TestGateway, name: string): Promise<number> {
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  return Number(
    text
      .split("\n")
      .find((line) => line.startsWith(`${name} `))
      ?.split(" ")[1],
  );
}

describe("connections without a session", () => {
  test("give way, the oldest first, to a client that opens one, and are counted and logged once", async () => {
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start({ config: { connections: { max_unauthenticated: 20 } } });
    const { token } = await gateway.token(target.address);
    using victim = new Client(gateway.host, token);
    await victim.message("hello");
    const { sockets, closed } = await silent(gateway, 60);
    await expect.poll(() => metric(gateway, "curfew_connections_unauthenticated")).toBeLessThanOrEqual(20);
    await Promise.all(closed.slice(0, 30));
    using client = new Client(gateway.host, token);
    await client.message("hello");
    expect(victim.order).toEqual(["hello"]);
    expect(gateway.logged("connections refused")).toMatchObject([
      { level: "warn", reason: "connections.max_unauthenticated_per_client", limit: 5, client: "127.0.0.1" },
    ]);
    for (const socket of sockets) socket.destroy();
    await Promise.all(closed);
    await expect.poll(() => metric(gateway, "curfew_connections_open")).toBe(2);
    expect(await metric(gateway, "curfew_connections_unauthenticated")).toBe(0);
  });

  test.each([
    ["that say nothing", ""],
    ["that never end their request", "GET / HTTP/1.1\r\nHost: gateway.example\r\nX: "],
    ["that stay open behind their answer", "GET /healthz HTTP/1.1\r\nHost: gateway.example\r\n\r\n"],
  ])("%s are closed in time", async (_what, sent) => {
    await using gateway = await TestGateway.start({ config: { connections: { unauthenticated_timeout: 0.5 } } });
    using client = new RawClient(gateway.host);
    client.socket.pause().write(sent);
    const reason = 'curfew_connections_refused_total{reason="connections.unauthenticated_timeout"}';
    await expect.poll(() => metric(gateway, reason)).toBe(1);
    expect(await metric(gateway, "curfew_connections_open")).toBe(0);
  });

  test("go on as long as their requests are answered in time", async () => {
    await using gateway = await TestGateway.start({ config: { connections: { unauthenticated_timeout: 2 } } });
    using client = new RawClient(gateway.host);
    const startedAt = performance.now();
    for (let count = 1; performance.now() < startedAt + 2500; count += 1) {
      client.write("GET /healthz HTTP/1.1\r\nHost: gateway.example\r\n\r\n");
      await client.until(() => `${client.head}${client.body}`.split("200 OK").length > count);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
    expect(gateway.logged("connections refused")).toEqual([]);
  });

  test("are also those whose token is not valid, or not known yet", async () => {
    const { promise, resolve } = Promise.withResolvers<undefined>();
    await using gateway = await TestGateway.start({
      source: () => ({ resolve: () => promise, close: async () => {} }),
      config: { connections: { unauthenticated_timeout: 0.5 } },
    });
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest("/?token=any"));
    expect(await client.status()).toBe(101);
    await client.ended;
    const reason = 'curfew_connections_refused_total{reason="connections.unauthenticated_timeout"}';
    expect(await metric(gateway, reason)).toBe(1);
    await expect.poll(() => gateway.endReasons()).toEqual(["connection_lost"]);
    resolve(undefined);
  });
});

describe("at connections.max", () => {
  test("a connection without a session gives way, and none of a session does", async () => {
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start({
      config: { connections: { max: 3, max_per_client: 3, max_unauthenticated: 3, max_unauthenticated_per_client: 3 } },
    });
    const { token } = await gateway.token(target.address);
    const clients = [new Client(gateway.host, token), new Client(gateway.host, token)];
    for (const client of clients) await client.message("hello");
    const { closed } = await silent(gateway, 1);
    clients.push(new Client(gateway.host, token));
    await clients[2]?.message("hello");
    await Promise.all(closed);
    using late = new Client(gateway.host, token);
    expect((await late.closed).code).toBe(1006);
    expect(clients.map(({ order }) => order)).toEqual([["hello"], ["hello"], ["hello"]]);

    clients[0]?.socket.close(1000);
    await clients[0]?.closed;
    await expect.poll(() => metric(gateway, "curfew_connections_open")).toBe(2);
    using next = new Client(gateway.host, token);
    await next.message("hello");
    for (const client of clients) client[Symbol.dispose]();
  });

  test("connections that come and go leave nothing behind", async () => {
    await using gateway = await TestGateway.start();
    for (let round = 0; round < 5; round += 1) {
      const { sockets, closed } = await silent(gateway, 20);
      for (const socket of sockets) socket.destroy();
      using client = new Client(gateway.host, "nonsense");
      await Promise.all([client.closed, ...closed]);
    }
    await expect.poll(() => metric(gateway, "curfew_connections_open")).toBe(0);
  });
});

test("the address of an IPv4 client is the same at a listener for IPv6", async () => {
  await using gateway = await TestGateway.start({ config: { listen: "[::]:0" } });
  const { port } = new URL(gateway.url);
  using client = new Client(`127.0.0.1:${port}`, "nonsense");
  await client.closed;
  await expect.poll(() => gateway.logged("session ended")).toMatchObject([{ client: "127.0.0.1" }]);
});
