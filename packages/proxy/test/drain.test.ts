import { startByteServer } from "@curfew/testing";
import { connect, type Socket } from "node:net";
import { expect, test } from "vitest";
import { Client } from "./support/client.ts";
import { SettableClock } from "./support/clock.ts";
import { TestGateway } from "./support/gateway.ts";

function upgradeRequest(host: string): string {
  const fields = ["Connection: Upgrade", "Upgrade: websocket", "Sec-WebSocket-Version: 13"];
  return ["GET / HTTP/1.1", `Host: ${host}`, ...fields, "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", "", ""].join(
    "\r\n",
  );
}

test("while draining, new sessions are refused, running ones go on until the time is up, and all is closed", async () => {
  await using target = await startByteServer({ mode: "echo" });
  await using gateway = await TestGateway.start();
  const { token } = await gateway.token(target.address);
  using running = new Client(gateway.host, token);
  await running.message("hello");
  const urls = [`http://${gateway.host}`, gateway.adminUrl];
  for (const url of urls) await expect.poll(async () => (await fetch(`${url}/readyz`)).status).toBe(200);
  const drained = gateway.proxy.drain(3_600_000);

  using late = new Client(gateway.host, token);
  expect(await late.closed).toEqual({ code: 4200, reason: "server_draining" });
  expect(late.order).toEqual(["bye", "close"]);
  for (const url of urls) {
    const readiness = await fetch(`${url}/readyz`);
    expect([readiness.status, await readiness.text()]).toEqual([503, "draining"]);
    expect((await fetch(`${url}/healthz`)).status).toBe(200);
  }
  running.socket.send(Buffer.from("still here"));
  await running.bytes(10);

  const shortened = performance.now();
  void gateway.proxy.drain(300);
  expect(await running.closed).toEqual({ code: 4200, reason: "server_draining" });
  expect(performance.now() - shortened).toBeGreaterThan(298);
  await drained;
  await target.waitForNoConnections();
  expect(gateway.held()).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
  await expect(fetch(`http://${gateway.host}/healthz`)).rejects.toThrow("fetch failed");
  await expect(fetch(`${gateway.adminUrl}/healthz`)).rejects.toThrow("fetch failed");
});

test("a drain is over as soon as the last session has ended by itself", async () => {
  await using target = await startByteServer({ mode: "sink" });
  await using gateway = await TestGateway.start();
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  await client.message("hello");
  const drained = gateway.proxy.drain(3_600_000);
  client.socket.close(1000);
  await drained;
  expect(gateway.endReasons()).toEqual(["client_closed"]);
});

test("a drain ends although clients connect all the time and do not complete the closing handshake", async () => {
  await using target = await startByteServer({ mode: "sink" });
  await using gateway = await TestGateway.start();
  const { token } = await gateway.token(target.address);
  using running = new Client(gateway.host, token);
  await running.message("hello");
  const { hostname, port } = new URL(gateway.url);
  const sockets = new Set<Socket>();
  const reconnect = (): void => {
    const socket = connect(Number(port), hostname);
    sockets.add(socket);
    const again = setTimeout(reconnect, 25);
    socket.on("error", () => clearTimeout(again)).write(upgradeRequest(gateway.host));
  };
  const drained = gateway.proxy.drain(3_600_000);
  reconnect();
  await expect.poll(() => gateway.held().closing).toBeGreaterThan(5);
  running.socket.close(1000);
  await drained;
  expect(gateway.endReasons()).toContain("client_closed");
  for (const socket of sockets) socket.destroy();
});

test("a drain without a time ends no session, and a time that means nothing is refused", async () => {
  await using target = await startByteServer({ mode: "sink" });
  await using gateway = await TestGateway.start();
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  await client.message("hello");
  await expect(gateway.proxy.drain(Number.NaN)).rejects.toThrow("expected milliseconds of 0 or more, but got NaN");
  const drained = gateway.proxy.drain(Infinity);
  client.control({ type: "ping", id: 1 });
  await client.message("pong");
  client.socket.close(1000);
  await drained;
  expect(gateway.endReasons()).toEqual(["client_closed"]);
});

test("a drain is logged when it begins, with the sessions and their time, and again when they get less", async () => {
  await using target = await startByteServer({ mode: "sink" });
  await using gateway = await TestGateway.start();
  const { token } = await gateway.token(target.address);
  const clients = [new Client(gateway.host, token), new Client(gateway.host, token)];
  await Promise.all(clients.map((client) => client.message("hello")));
  const first = gateway.proxy.drain(3_600_000);
  expect(gateway.logged("draining")).toMatchObject([{ level: "info", sessions: 2, timeout_ms: 3_600_000 }]);
  await gateway.proxy.drain(0);
  await first;
  await gateway.proxy.close();
  expect(gateway.logged("draining")).toMatchObject([{}, { sessions: 2, timeout_ms: 0 }]);
  for (const client of clients) client[Symbol.dispose]();
});

test("a limit that never applies is a warning at the start that names both", async () => {
  await using gateway = await TestGateway.start({ config: { sessions: { max: 5, max_per_client: 6 } } });
  const line = "sessions.max_per_client: 6 never applies, because sessions.max is 5";
  expect(gateway.logged(line)).toMatchObject([{ level: "warn" }]);
});

test("asked again, the shorter time counts", async () => {
  await using target = await startByteServer({ mode: "sink" });
  await using gateway = await TestGateway.start();
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  await client.message("hello");
  const first = gateway.proxy.drain(3_600_000);
  await gateway.proxy.drain(0);
  await first;
  expect((await client.closed).reason).toBe("server_draining");
});

test("the deadline of a session holds while the gateway drains", async () => {
  await using target = await startByteServer({ mode: "sink" });
  const clock = new SettableClock();
  await using gateway = await TestGateway.start({ clock });
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token);
  await client.message("hello");
  const drained = gateway.proxy.drain(3_600_000);
  clock.passed = 60_000;
  expect(await client.closed).toEqual({ code: 4100, reason: "session_expired" });
  await drained;
});

test("a gateway that never listened, or has closed, can be closed", async () => {
  await using gateway = await TestGateway.start();
  await gateway.proxy.close();
  await gateway.proxy.close();
});

test("an address that is taken is named, nothing stays open, and no stop is logged", async () => {
  await using gateway = await TestGateway.start();
  const { createGateway, createLogger } = await import("../src/index.ts");
  const lines: string[] = [];
  const log = createLogger("info", { write: (line) => void lines.push(line) });
  const make = (config: object) => createGateway({ config: { tokens: { path: ":memory:" }, ...config }, log });
  const admin = new URL(gateway.adminUrl).host;
  await expect(make({ listen: gateway.host }).listen()).rejects.toThrow(
    `listen: cannot listen at ${gateway.host}: EADDRINUSE`,
  );
  await expect(make({ listen: "127.0.0.1:0", admin: { listen: admin } }).listen()).rejects.toThrow(
    `admin.listen: cannot listen at ${admin}: EADDRINUSE`,
  );
  expect(lines).toEqual([]);
});

test("a source that cannot be closed does not keep the gateway from stopping", async () => {
  await using gateway = await TestGateway.start({
    source: () => ({
      resolve: async () => undefined,
      close: () => Promise.reject(new Error("close failed")),
    }),
  });
  await gateway.proxy.drain(3_600_000);
  expect(gateway.logged("not closed")).toMatchObject([{ level: "warn", name: "tokens" }]);
  expect(gateway.logged("stopped")).toHaveLength(1);
});
