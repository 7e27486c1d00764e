import { startFakeVnc } from "@curfew/testing";
import {
  DOCUMENTED_PROXIES,
  documentedConfig,
  type DocumentedProxyName,
  startDocumentedProxy,
} from "../src/servers/documented-proxy.ts";
import { GatewayProcess } from "../src/servers/gateway-process.ts";
import { CLIENT_ADDRESS, getStatus, ProxiedClient } from "../src/servers/proxied-client.ts";
import { startReverseProxy } from "../src/servers/reverse-proxy.ts";
import { expect, test } from "../src/fixtures/gateway.ts";

for (const prefix of ["", "/console", "/cloud/consoles"]) {
  for (const path of ["/console/", "/"]) {
    test(`a console at ${path} opens behind a reverse proxy at ${prefix}/`, async ({ gateway, console }) => {
      await using server = await startFakeVnc();
      await using proxy = await startReverseProxy(gateway.url, { prefix });
      const { token } = await gateway.issue({ type: "vnc", target: server.address, ttl: 300 });
      await console.open(`${proxy.origin}${prefix}${path}?type=vnc#token=${token}`);
      await console.waitFor("connected");
    });
  }
}

test("behind a proxy that replaces Host, the page says that its origin is refused, and does not try again", async ({
  gateway,
  console,
  page,
}) => {
  await using proxy = await startReverseProxy(gateway.url, { keepsHost: false });
  const { url } = await gateway.issue({ type: "vnc", target: "127.0.0.1:9", ttl: 300 });
  await console.open(url.replace(gateway.url, proxy.origin));
  await console.waitForEnd("origin_not_allowed");
  await expect(console.endScreen.getByRole("heading")).toHaveText("This site may not open consoles");
  await expect(page.getByText("origin_not_allowed · 4008")).toBeVisible();
  await expect.poll(() => console.closes()).toEqual([{ code: 4008, reason: "origin_not_allowed" }]);
});

/** Addresses that a client claims to have. */
const SPOOFED = { "X-Forwarded-For": "203.0.113.9", "X-Forwarded-Proto": "http", "X-Forwarded-Host": "evil.example" };

test("the proxies of the documents pass consoles on, and the gateway knows their clients", async () => {
  await using server = await startFakeVnc();
  await using gateway = await GatewayProcess.start(documentedConfig());
  for (const name of DOCUMENTED_PROXIES) {
    await test.step(name, async () => {
      await using proxy = await startDocumentedProxy(name, gateway.url);
      const base = `${proxy.origin}/consoles/`;
      for (const path of ["", "console/", "healthz", "readyz"]) expect(await getStatus(base + path)).toBe(200);
      const { token, id } = await gateway.issue({ type: "vnc", target: server.address, ttl: 300, instance: name });
      for (const headers of [{}, SPOOFED]) {
        using client = new ProxiedClient(base, token, { ...headers, Origin: proxy.origin });
        expect(await client.hello()).toContain('"type":"hello"');
        expect(await gateway.sessionOf(name)).toMatchObject({ client: CLIENT_ADDRESS });
        client.socket.close(1000);
        await client.closed;
        await expect.poll(async () => (await gateway.admin.listSessions()).sessions).toEqual([]);
      }
      using foreign = new ProxiedClient(base, token, { Origin: "https://evil.example", ...SPOOFED });
      expect(await foreign.hello()).toContain("origin_not_allowed");
      using client = new ProxiedClient(base, token);
      await client.hello();
      await gateway.admin.revokeToken(id);
      expect(await client.closed).toEqual({ code: 4005, reason: "session_terminated" });
    });
  }
});

test("of a proxy that it does not trust, the gateway believes nothing", async ({ gateway }) => {
  await using server = await startFakeVnc();
  const { token } = await gateway.issue({ type: "vnc", target: server.address, ttl: 300, instance: "untrusted" });
  await using nginx = await startDocumentedProxy("nginx", gateway.url);
  using client = new ProxiedClient(nginx.origin + "/consoles/", token, { Origin: nginx.origin });
  expect(await client.hello()).toContain('"hello"');
  expect(await gateway.sessionOf("untrusted")).toMatchObject({ client: "127.0.0.1" });
  await using haproxy = await startDocumentedProxy("haproxy with the PROXY protocol", gateway.url);
  using refused = new ProxiedClient(haproxy.origin, token);
  // The gateway's answer may be lost with the connection.
  expect(["400 ", "1006 "]).toContain(await refused.hello());
});

test.describe("in a browser", () => {
  test.use({ ignoreHTTPSErrors: true });

  // HAProxy takes WebSockets over HTTP/2, nginx over HTTP/1.1.
  for (const name of ["nginx", "haproxy"] as const satisfies readonly DocumentedProxyName[]) {
    test(`a console opens over HTTP/2 below a path of ${name}`, async ({ console, page }) => {
      await using server = await startFakeVnc();
      await using gateway = await GatewayProcess.start(documentedConfig());
      await using proxy = await startDocumentedProxy(name, gateway.url);
      const issued = await gateway.issue({ type: "vnc", target: server.address, ttl: 300, instance: name });
      const url = issued.url.replace("https://console.example", proxy.origin);
      // HAProxy takes a gateway that was slow to answer its first check for one that is down, until the next ones.
      await expect.poll(async () => (await page.request.get(url)).status(), { timeout: 60_000 }).toBe(200);
      await console.open(url);
      await console.waitFor("connected");
      const protocol = await page.evaluate(
        () => (performance.getEntriesByType("navigation")[0] as PerformanceNavigationTiming).nextHopProtocol,
      );
      expect(protocol).toBe("h2");
      expect(await gateway.sessionOf(name)).toMatchObject({ client: "127.0.0.1" });
    });
  }
});
