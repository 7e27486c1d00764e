import type { IssueRequest } from "@curfew/proxy/admin";
import { testPatternHash, startFakeSerial, startFakeVnc } from "@curfew/testing";
import { renewableUrl } from "../src/servers/renewal-server.ts";
import { expect, test } from "../src/fixtures/gateway.ts";

test("a warning offers to renew; renewing loses nothing of the picture, and the new deadline holds", async ({
  gateway,
  console,
  page,
  renewalServer: renewal,
}) => {
  // One compressed stream for the whole connection: a lost byte would spoil every later frame.
  await using server = await startFakeVnc({ encoding: "zrle", fps: 10 });
  const request: IssueRequest = { type: "vnc", target: server.address, ttl: 55, instance: "vm-renewed" };
  let renewedUntil = 0;
  renewal.issue = async () => {
    const { token, expiresAt } = await gateway.issue({ ...request, ttl: 14 });
    renewedUntil = expiresAt;
    return token;
  };
  const first = await gateway.issue(request);
  await console.open(renewableUrl(first.url, renewal));
  await console.waitFor("expiring");
  await page.getByRole("button", { name: "Renew" }).click();
  await expect.poll(() => renewedUntil).toBeGreaterThan(0);
  await expect
    .poll(async () => Date.parse((await gateway.sessionOf("vm-renewed")).expires_at ?? ""))
    .toBe(renewedUntil);

  const connection = await server.waitForConnection();
  await connection.closed;
  expect(Date.now()).toBeGreaterThanOrEqual(renewedUntil);
  await console.waitForEnd("session_expired");
  await expect.poll(() => console.closes()).toEqual([{ code: 4100, reason: "session_expired" }]);
  expect(server.connections).toHaveLength(1);
});

test("the picture is whole after a renewal", async ({ gateway, console, page, renewalServer: renewal }) => {
  await using server = await startFakeVnc({ encoding: "zrle" });
  const request: IssueRequest = { type: "vnc", target: server.address, ttl: 58 };
  renewal.issue = async () => (await gateway.issue({ ...request, ttl: 600 })).token;
  await console.open(renewableUrl((await gateway.issue(request)).url, renewal));
  await console.waitFor("expiring");
  server.showPattern(1);
  await page.getByRole("button", { name: "Renew" }).click();
  server.showPattern(2);
  await console.waitFor("connected");
  server.showPattern(3);
  await expect.poll(() => console.canvasHash()).toBe(testPatternHash(3, server.size));
  expect(server.connections).toHaveLength(1);
  expect(await console.closes()).toEqual([]);
});

test("a token for another machine renews nothing: the page says so and the old deadline stands", async ({
  gateway,
  console,
  page,
  renewalServer: renewal,
}) => {
  await using server = await startFakeSerial();
  await using other = await startFakeSerial();
  const { url, expiresAt } = await gateway.issue({
    type: "serial",
    target: server.address,
    ttl: 16,
    instance: "vm-refused",
  });
  renewal.issue = async () => (await gateway.issue({ type: "serial", target: other.address, ttl: 300 })).token;
  await console.open(renewableUrl(url, renewal));
  await console.waitFor("expiring");
  await page.getByRole("button", { name: "Renew" }).click();
  await console.waitFor("renew-failed");
  expect(Date.parse((await gateway.sessionOf("vm-refused")).expires_at ?? "")).toBe(expiresAt);
  await console.waitForEnd("session_expired");
});

test("without a place to renew at there is no Renew button", async ({ gateway, console, page }) => {
  await using server = await startFakeVnc();
  await console.open((await gateway.issue({ type: "vnc", target: server.address, ttl: 55 })).url);
  await console.waitFor("expiring");
  await expect(page.getByRole("button", { name: "Renew" })).toHaveCount(0);
});
