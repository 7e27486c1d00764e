import { startFakeVnc } from "@curfew/testing";
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
  expect(await console.closes()).toEqual([{ code: 4008, reason: "origin_not_allowed" }]);
});
