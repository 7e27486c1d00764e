import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { createServer } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { describe, expect, test } from "vitest";
import { createGateway, createLogger } from "../src/index.ts";
import { requestToken } from "../src/http/request-token.ts";
import { SettableClock } from "./support/clock.ts";
import { Client } from "./support/client.ts";
import { TestGateway } from "./support/gateway.ts";

describe("a client that asks and does not listen", () => {
  test("is not read any more once 64 KiB of answers wait for it, and goes on when it reads", async () => {
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    client.socket.pause();
    const [session] = gateway.proxy.sessions.list();
    const most = { waiting: 0 };
    for (let id = 0; session?.channels[0]?.connection.isPaused === false; id += 1) {
      client.control({ type: "ping", id });
      if (id % 1000 === 0) await new Promise((resolve) => setImmediate(resolve));
      most.waiting = Math.max(most.waiting, session.channels[0]?.connection.unsentBytes ?? 0);
    }
    // One more read of the connection may have been under way.
    expect(most.waiting).toBeLessThan(512 * 1024);
    client.socket.resume();
    client.socket.send(Buffer.from("still here"));
    await client.bytes(10);
  });

  test("gets the console's bytes again after a stall with answers in between", async () => {
    await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.message("hello");
    for (let round = 0; round < 5; round += 1) {
      client.socket.pause();
      for (let id = 0; id < 2000; id += 1) client.control({ type: "ping", id });
      await new Promise((resolve) => setTimeout(resolve, 20));
      client.socket.resume();
      await client.bytes(client.received + 8 * 2 ** 20);
    }
  });
});

test("a client that closes while the target floods is let go without a fault", async () => {
  await using target = await startByteServer({ mode: "sink", faults: [{ type: "flood", at: 0 }] });
  await using gateway = await TestGateway.start();
  for (let count = 0; count < 20; count += 1) {
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token);
    await client.bytes(2 ** 20);
    client.socket.close(1000, "done");
    expect((await client.closed).code).toBe(1000);
  }
  await gateway.proxy.sessions.idle();
  expect(new Set(gateway.endReasons())).toEqual(new Set(["client_closed"]));
});

test("a cookie costs no more than its length", () => {
  const request = { headers: { cookie: `token=${" ".repeat(15_000)}x"y` } };
  expect(requestToken(request as Parameters<typeof requestToken>[0])).toBe('x"y');
});

describe("an upgrade that no listener takes", () => {
  test("is answered with 404, and a client that resets it does no harm", async () => {
    const server = createServer();
    const proxy = createGateway({ config: { tokens: { path: ":memory:" } }, log: createLogger("silent") });
    proxy.attach(server, "/consoles/");
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    const request = "GET /other HTTP/1.1\r\nHost: x\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n";
    const asking = connect(port, "127.0.0.1").setEncoding("utf8");
    asking.write(request);
    expect((await once(asking, "data"))[0]).toMatch(/^HTTP\/1\.1 404 /);
    const resetting = connect(port, "127.0.0.1");
    await once(resetting, "connect");
    resetting.write(request);
    resetting.resetAndDestroy();
    await once(resetting, "close");
    await new Promise((resolve) => server.close(resolve));
    await proxy.close();
  });
});

describe("a token source that misbehaves", () => {
  test("is named in the log, at level warn and without the token", async () => {
    const failing = {
      resolve: async (token: string) => await fail(`redis said no to ${token}`),
      close: async () => {},
    };
    await using gateway = await TestGateway.start({ source: () => failing });
    using client = new Client(gateway.host, "marker-of-the-token");
    expect((await client.closed).reason).toBe("lookup_failed");
    const [line] = gateway.logged("session ended");
    expect(line?.["level"]).toBe("warn");
    expect(line?.["cause"]).toContain("redis said no to [token]");
    expect(gateway.logLines.join("")).not.toContain("marker-of-the-token");
  });

  test.each([NaN, Infinity, 9e15])("with the expiry %f moves no deadline and opens nothing", async (expiresAt) => {
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start({
      source: (store) => ({
        resolve: async (token) => {
          const grant = await store.resolve(token);
          return grant?.name === "odd" ? { ...grant, expiresAt } : grant;
        },
        close: async () => {},
      }),
    });
    const { token, record } = await gateway.token(target.address);
    const odd = await gateway.token(target.address, { name: "odd" });
    using client = new Client(gateway.host, token);
    await client.message("hello");
    client.control({ type: "renew", id: 1, token: odd.token });
    expect((await client.message("renew_failed")).reason).toBe("internal_error");
    expect(gateway.proxy.sessions.list()[0]?.expiresAt).toBe(record.expiresAt);
    using second = new Client(gateway.host, odd.token);
    expect((await second.closed).reason).toBe("internal_error");
    expect(gateway.logged("session ended")[0]?.["level"]).toBe("error");
  });
});

test("clients that leave in the very moment of a mass expiry leave nothing behind", async () => {
  await using target = await startByteServer({ mode: "sink" });
  const clock = new SettableClock();
  await using gateway = await TestGateway.start({ clock });
  const ttlMs = 3_600_000;
  const tokens = await Promise.all(Array.from({ length: 50 }, () => gateway.token(target.address, { ttlMs })));
  const clients = tokens.map(({ token }) => new Client(gateway.host, token));
  await Promise.all(clients.map((client) => client.message("hello")));
  // All clients drop their connections as soon as the first target sees its end.
  void target.connections[0]?.closed.then(() => clients.forEach((client) => client.socket.terminate()));
  clock.wallOffset = 2 * ttlMs;
  await Promise.all(clients.map((client) => client.closed));
  await gateway.proxy.sessions.idle();
  expect(gateway.endReasons()).toContain("session_expired");
  expect(gateway.held()).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
});

async function fail(message: string): Promise<undefined> {
  throw new Error(message);
}
