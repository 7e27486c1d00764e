import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocketServer } from "ws";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createGateway, createLogger, type Grant, type LookupContext, type TokenSource } from "../src/index.ts";
import { Client } from "./support/client.ts";
import { SettableClock } from "./support/clock.ts";
import { endpointOf } from "./support/endpoint.ts";
import { TestGateway } from "./support/gateway.ts";
import { RawClient, upgradeRequest } from "./support/raw-client.ts";

const log = createLogger("silent");
let server: Server;
let host: string;

beforeEach(async () => {
  server = createServer((_request, response) => void response.end("the application's own page"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  host = `127.0.0.1:${(server.address() as AddressInfo).port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

/** A source of one grant, for the token "open sesame". */
function oneGrant(grant: Partial<Grant> & Pick<Grant, "endpoint">): TokenSource {
  const all = {
    tokenId: "one",
    type: "serial",
    instance: undefined,
    name: undefined,
    user: undefined,
    access: "control",
    expiresAt: undefined,
  } as const;
  return {
    resolve: (token) => Promise.resolve(token === "open sesame" ? { ...all, ...grant } : undefined),
    close: () => Promise.resolve(),
  };
}

describe("a gateway in another server", () => {
  test("takes the upgrades under its path, and leaves the server's own routes and upgrades alone", async () => {
    await using target = await startByteServer({ mode: "echo" });
    const proxy = createGateway({ tokens: oneGrant({ endpoint: endpointOf(target) }), log });
    const own = new WebSocketServer({ noServer: true });
    server.on("upgrade", (request, socket, head) => {
      if (request.url === "/own") own.handleUpgrade(request, socket, head, (webSocket) => webSocket.send("own"));
    });
    const detach = proxy.attach(server, "/consoles");

    using client = new Client(host, undefined, { path: "/consoles/7?token=open%20sesame" });
    await client.message("hello");
    client.socket.send(Buffer.from("x"));
    await client.bytes(1);
    expect(await (await fetch(`http://${host}/consoles`)).text()).toBe("the application's own page");
    using other = new Client(host, undefined, { path: "/own", protocols: [] });
    await other.until(() => other.texts.length > 0, "its message");
    expect(other.texts).toEqual(["own"]);

    detach();
    expect(server.listenerCount("upgrade")).toBe(1);
    client.socket.send(Buffer.from("y"));
    await client.bytes(2);
    await proxy.close();
    expect((await client.closed).reason).toBe("server_draining");
    expect(server.listening).toBe(true);
  });

  test("takes every upgrade without a path, and serves what it is handed", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const proxy = createGateway({ tokens: oneGrant({ endpoint: endpointOf(target) }), log });
    proxy.attach(server);
    server.removeAllListeners("request").on("request", proxy.handleRequest);
    using client = new RawClient(host);
    client.write(upgradeRequest("/whatever?token=open+sesame"));
    expect(await client.status()).toBe(101);
    expect(await (await fetch(`http://${host}/healthz`)).text()).toBe("ok");
    expect((await fetch(`http://${host}/no/such/page`)).status).toBe(404);
    expect((await fetch(`http://${host}/`, { method: "POST" })).status).toBe(405);
    // It would not complete the closing handshake.
    client.socket.destroy();
    await proxy.close();
  });
});

test("workers are for the command alone", () => {
  expect(() => createGateway({ config: { workers: 2 } })).toThrow(
    "workers: expected 1 outside of the command `curfew serve`, but got 2",
  );
});

describe("a token source of one's own", () => {
  test("is asked for each opening; undefined means token_invalid", async () => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start({ source: () => oneGrant({ endpoint: endpointOf(target) }) });
    using wrong = new Client(gateway.host, "open barley");
    expect(await wrong.closed).toEqual({ code: 4102, reason: "token_invalid" });
    using right = new Client(gateway.host, "open sesame");
    await right.message("hello");
  });

  test.each<[string, TokenSource["resolve"]]>([
    ["rejects", () => Promise.reject(new Error("open sesame is what the database says"))],
    [
      "throws",
      () => {
        throw new Error("open sesame is what the database says");
      },
    ],
  ])("that %s is told to the client as lookup_failed, without its words", async (_how, resolve) => {
    await using gateway = await TestGateway.start({ source: () => ({ resolve, close: () => Promise.resolve() }) });
    using client = new Client(gateway.host, "open sesame");
    expect(await client.closed).toEqual({ code: 4205, reason: "lookup_failed" });
    expect(client.texts.join()).not.toContain("sesame");
    expect(gateway.logLines.join()).not.toContain("sesame");
  });

  test("that throws on a renewal refuses it as lookup_failed, and the session goes on", async () => {
    await using target = await startByteServer({ mode: "echo" });
    const grants = oneGrant({ endpoint: endpointOf(target) });
    const resolve: TokenSource["resolve"] = (token, context) => {
      if (token === "broken") throw new Error("away");
      return grants.resolve(token, context);
    };
    await using gateway = await TestGateway.start({ source: () => ({ ...grants, resolve }) });
    using client = new Client(gateway.host, "open sesame");
    await client.message("hello");
    client.control({ type: "renew", id: 1, token: "broken" });
    expect(await client.message("renew_failed")).toMatchObject({ id: 1, reason: "lookup_failed" });
    client.control({ type: "renew", id: 2, token: "open sesame" });
    expect(await client.message("renewed")).toMatchObject({ id: 2 });
  });

  test("that never answers holds nothing once the session has ended, and its signal is aborted", async () => {
    let given: LookupContext | undefined;
    const never: TokenSource = {
      resolve: (_token, context) => {
        given = context;
        return new Promise(() => {});
      },
    };
    const before = timers();
    await using gateway = await TestGateway.start({ source: () => never });
    using client = new Client(gateway.host, "any");
    await expect.poll(() => gateway.held().sessions).toBe(1);
    expect(given).toMatchObject({ clientAddress: "127.0.0.1", origin: undefined, signal: { aborted: false } });
    expect(timers()).toBeGreaterThan(before);
    gateway.proxy.sessions.endAll("session_terminated", "an operator ended the session");
    expect(await client.closed).toEqual({ code: 4005, reason: "session_terminated" });
    expect(given?.signal.aborted).toBe(true);
    await gateway.proxy.sessions.idle();
    const [own] = [gateway.held()];
    expect(own).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
    await expect.poll(timers).toBeLessThanOrEqual(before);
  });

  test("that gives no expiry: a token expires token_ttl after its first use, and no opening or renewal moves that", async () => {
    await using target = await startByteServer({ mode: "sink" });
    const clock = new SettableClock();
    const source = (): TokenSource => oneGrant({ endpoint: endpointOf(target) });
    await using gateway = await TestGateway.start({ clock, config: { consoleauth: { token_ttl: 60 } }, source });
    using first = new Client(gateway.host, "open sesame");
    await first.message("hello");
    const [session] = gateway.proxy.sessions.list();
    const expiresAt = session?.expiresAt;
    using second = new Client(gateway.host, "open sesame");
    await second.message("hello");
    first.control({ type: "renew", id: 1, token: "open sesame" });
    await first.message("renewed");
    expect(gateway.proxy.sessions.list().map((each) => each.expiresAt)).toEqual([expiresAt, expiresAt]);
    clock.passed = 60_000;
    expect((await first.closed).reason).toBe("session_expired");
    using late = new Client(gateway.host, "open sesame");
    expect((await late.closed).reason).toBe("token_expired");
  });

  test("that is a store issues tokens through the admin API", async () => {
    await using gateway = await TestGateway.start();
    expect(gateway.proxy.tokens).toBe(gateway.store);
    const answer = await gateway.admin("POST", "/v1/tokens", { type: "vnc", target: "127.0.0.1:5901" });
    expect(answer.status).toBe(201);
  });

  test("that only looks up leaves the operator without issuing", async () => {
    await using target = await startByteServer({ mode: "sink" });
    await using gateway = await TestGateway.start({ source: () => oneGrant({ endpoint: endpointOf(target) }) });
    expect(gateway.proxy.tokens).toBeUndefined();
    expect((await gateway.admin("POST", "/v1/tokens", {})).status).toBe(501);
    expect((await gateway.admin("GET", "/v1/sessions")).status).toBe(200);
  });
});

/** Timers that keep this process alive and are not one of `expect.poll`'s own short ones. */
function timers(): number {
  return process.getActiveResourcesInfo().filter((name) => name === "Timeout").length;
}
