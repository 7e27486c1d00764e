import { startByteServer } from "@curfew/testing";
import { mkdirSync, readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { ADMIN_KEY, TestGateway } from "./support/gateway.ts";
import { RawClient, upgradeRequest } from "./support/raw-client.ts";

const folder = fileURLToPath(new URL("../page/", import.meta.url));
// In a checkout whose page is not built there is none.
beforeAll(() => mkdirSync(`${folder}assets`, { recursive: true }));

const HEADERS = "Host: gateway.example\r\n\r\n";

/** The statuses of all answers that have come. */
function statuses(client: RawClient): string[] {
  return [...`${client.head}\r\n${client.body}`.matchAll(/HTTP\/1\.1 (\d+)/g)].map(([, status = ""]) => status);
}

describe("the target of a request", () => {
  test.each([
    ["an absolute URL", `GET http://gateway.example/healthz HTTP/1.1\r\n${HEADERS}`, 200],
    ["an absolute URL without a path", `GET http://gateway.example HTTP/1.1\r\n${HEADERS}`, "page"],
    ["a path below nothing", `GET /nothing HTTP/1.1\r\n${HEADERS}`, 404],
    ["an authority", `GET gateway.example:80 HTTP/1.1\r\n${HEADERS}`, 400],
    ["an FTP URL", `GET ftp://gateway.example/healthz HTTP/1.1\r\n${HEADERS}`, 400],
    ["for two hosts", `GET /healthz HTTP/1.1\r\nHost: other.example\r\n${HEADERS}`, 400],
    ["for a list of hosts", "GET /healthz HTTP/1.1\r\nHost: a.example, b.example\r\n\r\n", 400],
    ["for no host", "GET /healthz HTTP/1.1\r\n\r\n", 400],
    ["for an empty host", "GET /healthz HTTP/1.1\r\nHost:\r\n\r\n", 200],
    ["for an IPv6 host", "GET /healthz HTTP/1.1\r\nHost: [::1]:6080\r\n\r\n", 200],
    ["for no host in HTTP/1.0", "GET /healthz HTTP/1.0\r\n\r\n", 200],
  ])("%s", async (_what, request, expected) => {
    await using gateway = await TestGateway.start();
    using client = new RawClient(gateway.host);
    client.write(request);
    const page = readdirSync(folder).includes("index.html") ? 200 : 404;
    expect(await client.status()).toBe(expected === "page" ? page : expected);
  });

  test("of an upgrade may be an absolute URL, whose host counts for the Origin instead of Host", async () => {
    await using gateway = await TestGateway.start();
    for (const [origin, reason] of [
      ["http://console.example", "token_invalid"],
      ["http://gateway.example", "origin_not_allowed"],
    ] as const) {
      using client = new RawClient(gateway.host);
      client.write(upgradeRequest("http://console.example/any?x=1", { Origin: origin }));
      expect((await client.close()).reason).toBe(reason);
    }
  });
});

describe("what is no request is answered, logged with the client, and counted", () => {
  test.each([
    ["http", "SSH-2.0-OpenSSH_9.2\r\n", 400, /^expected HTTP: /],
    [
      "http",
      `GET / HTTP/1.1\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n${HEADERS}`,
      400,
      /^expected HTTP: /,
    ],
    [
      "headers",
      `GET / HTTP/1.1\r\nX-Long: ${"x".repeat(20_000)}\r\n${HEADERS}`,
      431,
      /^expected headers below 16 KiB$/,
    ],
  ])("%s", async (fault, bytes, status, detail) => {
    await using gateway = await TestGateway.start();
    for (const [url, message] of [
      [gateway.host, "upgrade refused"],
      [new URL(gateway.adminUrl).host, "admin request refused"],
    ] as const) {
      using client = new RawClient(url);
      client.write(bytes);
      expect(await client.status()).toBe(status);
      const logged = { level: "warn", client: "127.0.0.1", fault, detail: expect.stringMatching(detail) as string };
      expect(gateway.logged(message)).toMatchObject([logged]);
    }
    const metrics = await (await fetch(`${gateway.adminUrl}/metrics`)).text();
    expect(metrics).toContain(`curfew_upgrades_refused_total{fault="${fault}"} 1\n`);
  });

  test("CONNECT at the admin API", async () => {
    await using gateway = await TestGateway.start();
    using client = new RawClient(new URL(gateway.adminUrl).host);
    client.write(`CONNECT 10.0.0.1:5901 HTTP/1.1\r\n${HEADERS}`);
    expect(await client.status()).toBe(405);
    expect(gateway.logged("admin request refused")).toMatchObject([{ client: "127.0.0.1", fault: "method" }]);
  });

  test("a client that only goes away leaves no line", async () => {
    await using gateway = await TestGateway.start();
    using client = new RawClient(gateway.host);
    client.write("GET / HT");
    client.socket.end();
    await client.ended;
    expect(gateway.logged("upgrade refused")).toEqual([]);
  });
});

describe("below a prefix that a reverse proxy does not strip", () => {
  test("the page, its files, the health checks, WebSockets and the admin API answer as without it", async () => {
    await using gateway = await TestGateway.start({
      config: { console: { base_url: "https://dash.example/machines/vm/" } },
    });
    const [asset = ""] = readdirSync(`${folder}assets`);
    for (const path of ["/healthz", "/readyz", "/console/", "/", `/assets/${asset}`, `/console/assets/${asset}`]) {
      const [bare, below] = await Promise.all([fetch(gateway.url + path), fetch(`${gateway.url}/machines/vm${path}`)]);
      expect(below.status, path).toBe(bare.status);
      expect(await below.text()).toBe(await bare.text());
    }
    const headers = { Authorization: `Bearer ${ADMIN_KEY}` };
    for (const path of ["/healthz", "/v1/sessions", "/v1/sessions/none"]) {
      const [bare, below] = await Promise.all([
        fetch(gateway.adminUrl + path, { headers }),
        fetch(`${gateway.adminUrl}/machines/vm${path}`, { headers }),
      ]);
      expect(below.status, path).toBe(bare.status);
      expect(await below.text()).toBe(await bare.text());
    }
    using client = new RawClient(gateway.host);
    client.write(upgradeRequest("/machines/vm/?token=any"));
    expect((await client.close()).reason).toBe("token_invalid");
    expect((await fetch(`${gateway.url}/machines/vmhealthz`)).status).toBe(404);
    expect((await fetch(`${gateway.url}/machines/other/healthz`)).status).toBe(404);
  });
});

describe("requests that are sent ahead", () => {
  test("are answered in order", async () => {
    await using gateway = await TestGateway.start();
    using client = new RawClient(gateway.host);
    client.write(...["/healthz", "/nothing", "/readyz"].map((path) => `GET ${path} HTTP/1.1\r\n${HEADERS}`));
    await client.until(() => statuses(client).length === 3);
    expect(statuses(client)).toEqual(["200", "404", "200"]);
  });

  test.each([
    ["", "url", "/readyz", ""],
    [" with an unknown expectation", "url", "/readyz", "Expect: something\r\n"],
    [" at the admin API", "adminUrl", "/metrics", ""],
    [" at the admin API with an unknown expectation", "adminUrl", "/metrics", "Expect: something\r\n"],
  ] as const)("end the connection where too many of them%s wait for their answers", async (_what, url, path, more) => {
    await using gateway = await TestGateway.start();
    using client = new RawClient(new URL(gateway[url]).host);
    client.write(`GET ${path} HTTP/1.1\r\n${more}${HEADERS}`.repeat(500));
    await client.ended;
    expect(statuses(client).length).toBeLessThan(20);
    expect((await fetch(`${gateway.url}/healthz`)).status).toBe(200);
  });

  test("are answered before an upgrade behind them", async () => {
    await using target = await startByteServer({ mode: "echo" });
    await using gateway = await TestGateway.start();
    const { token } = await gateway.token(target.address);
    using client = new RawClient(gateway.host);
    client.write(
      ...["/readyz", "/healthz"].map((path) => `GET ${path} HTTP/1.1\r\n${HEADERS}`),
      upgradeRequest(`/?token=${token}`),
    );
    await client.until(() => client.body.includes("101 Switching Protocols"));
    expect(statuses(client)).toEqual(["200", "200", "101"]);
    await expect.poll(() => gateway.held().sessions).toBe(1);
  });
});

test("HEAD has the headers of GET, also for a file of the page", async () => {
  await using gateway = await TestGateway.start();
  const [asset = ""] = readdirSync(`${folder}assets`);
  const head = await fetch(`${gateway.url}/assets/${asset}`, { method: "HEAD" });
  const get = await fetch(`${gateway.url}/assets/${asset}`);
  for (const name of ["etag", "content-length", "content-type"])
    expect(head.headers.get(name)).toBe(get.headers.get(name));
  expect(await head.text()).toBe("");
});

test("a request with a body is answered without waiting for it", async () => {
  await using gateway = await TestGateway.start();
  using client = new RawClient(gateway.host);
  client.write(`POST / HTTP/1.1\r\nContent-Length: 1000000000\r\n${HEADERS}`);
  expect(await client.status()).toBe(405);
  await client.ended;
});
