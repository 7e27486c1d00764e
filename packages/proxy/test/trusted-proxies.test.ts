import { startByteServer } from "@curfew/testing";
import { once } from "node:events";
import { connect as connectTls } from "node:tls";
import { connect, type Socket } from "node:net";
import { describe, expect, test } from "vitest";
import type { ConfigInput } from "../src/index.ts";
import type { EventObserver } from "../src/telemetry/events.ts";
import { TestCertificate } from "./support/certificate.ts";
import { Client } from "./support/client.ts";
import { TestGateway } from "./support/gateway.ts";
import { RawClient, upgradeRequest } from "./support/raw-client.ts";

const CLIENT = "203.0.113.7";

/** The clients of the sessions that run, as the admin API lists them. */
async function clients(gateway: TestGateway): Promise<string[]> {
  const { sessions } = (await (await gateway.admin("GET", "/v1/sessions")).json()) as {
    sessions: { client: string }[];
  };
  return sessions.map(({ client }) => client);
}

async function metric(gateway: TestGateway, name: string): Promise<number> {
  const text = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
  return Number(new RegExp(`^${name} (\\d+)`, "m").exec(text)?.[1]);
}

/** The client of a session that is opened with these headers, as the admin API and the log name it. */
async function clientOf(headers: Record<string, string>, config: ConfigInput): Promise<string | undefined> {
  await using target = await startByteServer({ mode: "echo" });
  await using gateway = await TestGateway.start({ config });
  const { token } = await gateway.token(target.address);
  using client = new Client(gateway.host, token, { headers });
  await client.message("hello");
  const [listed] = await clients(gateway);
  expect(gateway.logged("session opened")).toMatchObject([{ client: listed }]);
  return listed;
}

const TRUSTED = { trusted_proxies: ["127.0.0.1", "10.0.0.0/8", "fd00:10::/64"] };

describe("the client of a request through a trusted proxy", () => {
  test.each([
    ["X-Forwarded-For", { "X-Forwarded-For": CLIENT }, CLIENT],
    ["X-Forwarded-For of several proxies", { "X-Forwarded-For": `${CLIENT}, 10.0.0.7, 127.0.0.1` }, CLIENT],
    ["spoofed X-Forwarded-For", { "X-Forwarded-For": `192.0.2.1, 10.0.0.1, ${CLIENT}, 10.0.0.7` }, CLIENT],
    ["X-Forwarded-For with IPv6", { "X-Forwarded-For": "2001:db8::17, fd00:10::5" }, "2001:db8::17"],
    ["X-Forwarded-For with a port", { "X-Forwarded-For": `[2001:db8::17]:4711` }, "2001:db8::17"],
    ["a long X-Forwarded-For", { "X-Forwarded-For": `${"192.0.2.1, ".repeat(1000)}${CLIENT}` }, CLIENT],
    ["too many trusted proxies", { "X-Forwarded-For": `${CLIENT}${", 10.0.0.1".repeat(32)}` }, "10.0.0.1"],
    ["X-Forwarded-For that hides it", { "X-Forwarded-For": `${CLIENT}, unknown` }, "127.0.0.1"],
    ["Forwarded", { Forwarded: `for=${CLIENT};proto=https` }, CLIENT],
    ["Forwarded of several proxies", { Forwarded: `for=192.0.2.1, for="${CLIENT}:4711", for=10.0.0.7` }, CLIENT],
    ["Forwarded with IPv6", { Forwarded: 'for="[2001:db8::17]:4711", for="[fd00:10::5]"' }, "2001:db8::17"],
    ["Forwarded that hides it", { Forwarded: `for=${CLIENT}, for=_x` }, "127.0.0.1"],
    ["Forwarded with a quote left open", { Forwarded: `for="192.0.2.1, for=${CLIENT}` }, CLIENT],
    ["both, with the same client", { Forwarded: `for=${CLIENT}`, "X-Forwarded-For": CLIENT }, CLIENT],
    ["neither", {}, "127.0.0.1"],
  ])("%s", async (_name, headers, expected) => {
    expect(await clientOf(headers, TRUSTED)).toBe(expected);
  });

  test.each([
    ["Forwarded", { Forwarded: `for=${CLIENT}` }],
    ["X-Forwarded-For", { "X-Forwarded-For": CLIENT }],
  ])("is not what %s says on a connection of another address", async (_name, headers) => {
    expect(await clientOf(headers, { trusted_proxies: ["10.0.0.0/8"] })).toBe("127.0.0.1");
    expect(await clientOf(headers, {})).toBe("127.0.0.1");
  });

  test("is refused when the headers contradict each other", async () => {
    await using gateway = await TestGateway.start({ config: TRUSTED });
    for (const headers of [{ "X-Forwarded-For": CLIENT }, { "X-Forwarded-Proto": "https" }]) {
      const both = { ...headers, Forwarded: "for=192.0.2.1" };
      using client = new RawClient(gateway.host);
      client.write(upgradeRequest("/?token=any", both));
      expect(await client.status()).toBe(400);
      const page = await fetch(`${gateway.url}/healthz`, { headers: both });
      expect([page.status, await page.text()]).toEqual([400, expect.stringContaining("name different clients")]);
    }
    expect(gateway.logged("upgrade refused")[0]).toMatchObject({ fault: "forwarded", client: "127.0.0.1" });
  });
});

describe("the Origin check behind a trusted proxy", () => {
  async function opens(origin: string, headers: Record<string, string>, config: ConfigInput): Promise<boolean> {
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start({ config });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token, { headers: { ...headers, Origin: origin } });
    const outcome = await Promise.race([client.message("hello"), client.closed]);
    return "type" in outcome;
  }

  test.each([
    ["X-Forwarded-Proto", { "X-Forwarded-For": CLIENT, "X-Forwarded-Proto": "https" }, TRUSTED, undefined],
    ["X-Forwarded-Proto alone", { "X-Forwarded-Proto": "wss" }, TRUSTED, undefined],
    ["Forwarded", { Forwarded: `for=${CLIENT};proto=https` }, TRUSTED, undefined],
    ["http in X-Forwarded-Proto", { "X-Forwarded-Proto": "http" }, TRUSTED, "origin_not_allowed"],
    ["the client's own X-Forwarded-Proto", { "X-Forwarded-Proto": "https, http" }, TRUSTED, "origin_not_allowed"],
    ["X-Forwarded-Proto of another address", { "X-Forwarded-Proto": "https" }, {}, "origin_not_allowed"],
  ])("compares the scheme of the token's console URL with %s", async (_name, headers, config, refused) => {
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start({
      source: (store) => ({
        resolve: async (token) => {
          const grant = await store.resolve(token);
          return grant && { ...grant, accessUrlBase: "https://console.example/" };
        },
      }),
      config: { ...config, console: { allowed_origins: ["console.example"] } },
    });
    const { token } = await gateway.token(target.address);
    using client = new Client(gateway.host, token, { headers: { ...headers, Origin: "http://console.example" } });
    const outcome = await Promise.race([client.message("hello"), client.closed]);
    expect("reason" in outcome ? outcome.reason : undefined).toBe(refused);
  });

  test("compares the host that the client asked for", async () => {
    const origin = "https://console.example";
    expect(await opens(origin, { "X-Forwarded-Host": "console.example" }, TRUSTED)).toBe(true);
    expect(await opens(origin, { Forwarded: "for=192.0.2.1;host=console.example" }, TRUSTED)).toBe(true);
    expect(await opens(origin, { "X-Forwarded-Host": "console.example:8443" }, TRUSTED)).toBe(false);
    expect(await opens(origin, { "X-Forwarded-Host": "console.example" }, {})).toBe(false);
    expect(await opens(origin, {}, TRUSTED)).toBe(false);
  });
});

/** Opens a session on a connection that begins with `start`. */
class ProxiedClient extends RawClient {
  constructor(gateway: TestGateway, start: string, token: string, headers: Record<string, string> = {}) {
    super(gateway.host);
    this.write(Buffer.from(start, "latin1"), upgradeRequest(`/?token=${token}`, headers));
  }
}

const V2_CLIENT = "\r\n\r\n\0\r\nQUIT\n\x21\x11\0\x0c\xcb\0\x71\x07\x0a\0\0\x05\x9c\x40\x17\xc0";

describe("the PROXY protocol", () => {
  test.each([
    ["version 1", `PROXY TCP4 ${CLIENT} 10.0.0.5 40000 6080\r\n`, {}, CLIENT],
    ["version 2", V2_CLIENT, {}, CLIENT],
    ["with headers of the client's own", V2_CLIENT, { "X-Forwarded-For": "192.0.2.1" }, CLIENT],
    ["of a proxy in front", "PROXY TCP4 10.0.0.9 10.0.0.5 1 2\r\n", { "X-Forwarded-For": "192.0.2.1" }, "192.0.2.1"],
    ["without an address", "PROXY UNKNOWN\r\n", { "X-Forwarded-For": "192.0.2.1" }, "127.0.0.1"],
    ["that is missing", "", { "X-Forwarded-For": CLIENT }, CLIENT],
  ])("%s", async (_name, start, headers, expected) => {
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start({ config: TRUSTED });
    const { token } = await gateway.token(target.address);
    using client = new ProxiedClient(gateway, start, token, headers);
    expect(await client.status()).toBe(101);
    await expect.poll(() => gateway.logged("session opened")).toMatchObject([{ client: expected }]);
  });

  test("may come in pieces, and comes in front of TLS", async () => {
    using certificate = await TestCertificate.create();
    const config = { ...TRUSTED, cert: certificate.cert, key: certificate.key };
    for (const ssl_only of [true, false]) {
      await using gateway = await TestGateway.start({ config: { ...config, ssl_only } });
      const { hostname, port } = new URL(gateway.url);
      const socket = connect({ host: hostname, port: Number(port), noDelay: true });
      for (const byte of V2_CLIENT) {
        socket.write(Buffer.from(byte, "latin1"));
        await new Promise(setImmediate);
      }
      const secured = connectTls({ socket, ca: certificate.pem, servername: "localhost" });
      secured.write("GET /healthz HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n");
      const [answer] = (await once(secured, "data")) as [Buffer];
      expect(answer.toString()).toMatch(/^HTTP\/1\.1 200 /);
      secured.destroy();
    }
  });

  test("is a malformed request on a connection of another address", async () => {
    await using gateway = await TestGateway.start({ config: { trusted_proxies: ["10.0.0.0/8"] } });
    using client = new ProxiedClient(gateway, `PROXY TCP4 ${CLIENT} 10.0.0.5 40000 6080\r\n`, "any");
    expect(await client.status()).toBe(400);
  });

  test("that is malformed ends the connection, which is logged and counted", async () => {
    await using gateway = await TestGateway.start({ config: TRUSTED });
    using client = new ProxiedClient(gateway, "PROXY TCP4 somewhere 10.0.0.5 1 2\r\n", "any");
    await client.ended;
    expect(client.head).toBe("");
    expect(gateway.logged("connections refused")).toMatchObject([{ reason: "proxy_protocol", client: "127.0.0.1" }]);
  });

  test("that never comes costs a connection its time", async () => {
    await using gateway = await TestGateway.start({
      config: { ...TRUSTED, connections: { unauthenticated_timeout: 0.5 } },
    });
    using client = new RawClient(gateway.host);
    client.write("PROXY TCP4 ");
    await client.ended;
  });

  test("that never comes does not hold up a stop", async () => {
    const gateway = await TestGateway.start({
      config: { ...TRUSTED, connections: { unauthenticated_timeout: 600 } },
    });
    using client = new RawClient(gateway.host);
    await once(client.socket, "connect");
    client.write("PROXY TCP4 ");
    await expect.poll(() => metric(gateway, "curfew_connections_open")).toBe(1);
    await gateway[Symbol.asyncDispose]();
    await client.ended;
  });
});

test("the admin API logs the client that a trusted proxy names", async () => {
  await using gateway = await TestGateway.start({ config: TRUSTED });
  const headers = { Authorization: "Bearer wrong", "X-Forwarded-For": `192.0.2.1, ${CLIENT}` };
  expect((await fetch(`${gateway.adminUrl}/v1/sessions`, { headers })).status).toBe(401);
  expect(gateway.logged("admin authentication failed")).toMatchObject([{ client: CLIENT }]);
});

describe("the limits of clients behind a trusted proxy", () => {
  const limits = { max_unauthenticated_per_client: 2, max_per_client: 3, unauthenticated_timeout: 60 };

  /** A connection whose upgrade is accepted, and whose token is never found. */
  async function waits(gateway: TestGateway, client: string): Promise<RawClient> {
    const raw = new RawClient(gateway.host);
    raw.write(upgradeRequest("/?token=any", { "X-Forwarded-For": client }));
    await raw.status();
    return raw;
  }

  test("hold for each of them, not for the proxy", async () => {
    const never = new Promise<undefined>(() => {});
    await using gateway = await TestGateway.start({
      source: () => ({ resolve: () => never, close: async () => {} }),
      config: { ...TRUSTED, connections: limits },
    });
    const first = [await waits(gateway, CLIENT), await waits(gateway, CLIENT)];
    const others = await Promise.all(["192.0.2.1", "192.0.2.2", "192.0.2.3"].map((each) => waits(gateway, each)));
    first.push(await waits(gateway, CLIENT));
    // The oldest of the same client gives way.
    await first[0]?.ended;
    expect(gateway.logged("connections refused")).toMatchObject([
      { reason: "connections.max_unauthenticated_per_client", client: CLIENT },
    ]);
    expect(others.map(({ socket }) => socket.destroyed)).toEqual([false, false, false]);
    for (const raw of [...first, ...others]) raw[Symbol.dispose]();
  });

  test("answer what exceeds them, so that the proxy does not take the gateway for broken", async () => {
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start({
      config: { ...TRUSTED, connections: { ...limits, max_per_client: 1 } },
    });
    const { token } = await gateway.token(target.address);
    using session = new Client(gateway.host, token, { headers: { "X-Forwarded-For": CLIENT } });
    await session.message("hello");
    using client = await waits(gateway, CLIENT);
    expect(client.head).toMatch(/^HTTP\/1\.1 429 /);
    expect((await fetch(`${gateway.url}/healthz`, { headers: { "X-Forwarded-For": CLIENT } })).status).toBe(429);
    expect((await fetch(`${gateway.url}/healthz`, { headers: { "X-Forwarded-For": "192.0.2.1" } })).status).toBe(200);
  });

  test("hold for clients that an unused connection of the PROXY protocol names", async () => {
    await using gateway = await TestGateway.start({ config: { ...TRUSTED, connections: limits } });
    const { hostname, port } = new URL(gateway.url);
    const open = async (client: string): Promise<Socket> => {
      const socket = connect(Number(port), hostname);
      socket.on("error", () => {}).write(`PROXY TCP4 ${client} 10.0.0.5 1 2\r\n`);
      await once(socket, "connect");
      return socket;
    };
    const first = await open(CLIENT);
    const closed = once(first, "close");
    const others = [await open(CLIENT), await open("192.0.2.1"), await open(CLIENT)];
    await closed;
    for (const socket of others) socket.destroy();
  });
});

test("a reload trusts other proxies, in the public listener and in the admin API", async () => {
  await using target = await startByteServer({ mode: "echo" });
  const callers: string[] = [];
  const observer: EventObserver = {
    name: "test",
    notify: (event) => void (event.type === "admin_refused" && callers.push(event.clientAddress)),
  };
  await using gateway = await TestGateway.start({ observers: [observer] });
  const { token } = await gateway.token(target.address);
  const seen = async (): Promise<unknown> => {
    using client = new Client(gateway.host, token, { headers: { "X-Forwarded-For": CLIENT } });
    await client.message("hello");
    const opened = gateway.logged("session opened").at(-1)?.["client"];
    const headers = { Authorization: "Bearer wrong", "X-Forwarded-For": CLIENT };
    await fetch(`${gateway.adminUrl}/v1/sessions`, { headers });
    const proxied = new ProxiedClient(gateway, V2_CLIENT, token);
    const status = await proxied.status();
    proxied[Symbol.dispose]();
    return [opened, callers.at(-1), status];
  };
  expect(await seen()).toEqual(["127.0.0.1", "127.0.0.1", 400]);
  expect(await gateway.reload(TRUSTED)).toEqual({ applied: ["trusted_proxies"], needRestart: [] });
  expect(await seen()).toEqual([CLIENT, CLIENT, 101]);
  await gateway.reload({});
  expect(await seen()).toEqual(["127.0.0.1", "127.0.0.1", 400]);
});
