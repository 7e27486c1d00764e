import { type QemuSpice, startQemuSpice } from "@curfew/testing/real";
import { expect, test } from "../src/fixtures/gateway.ts";
import { takeScreenshots } from "../src/screenshots/take-screenshots.ts";
import { renewableUrl } from "../src/servers/renewal-server.ts";

/** One machine for the tests of this file, which takes a while to boot. The last one stops it. */
let machine: QemuSpice;

test.describe.configure({ mode: "serial" });
test.beforeAll(async () => {
  test.setTimeout(180_000);
  machine = await startQemuSpice();
});
test.afterAll(async () => {
  await machine[Symbol.asyncDispose]();
});

test("SPICE: the screen appears, keys arrive, a renewal moves the deadline, and at it every channel is closed", async ({
  gateway,
  console,
  page,
  renewalServer: renewal,
}) => {
  const request = { type: "spice", target: `127.0.0.1:${machine.port}`, instance: "vm-spice" } as const;
  let renewedUntil = 0;
  renewal.issue = async () => {
    const { token, expiresAt } = await gateway.issue({ ...request, ttl: 14 });
    renewedUntil = expiresAt;
    return token;
  };
  const scripts: string[] = [];
  page.on("response", (response) => scripts.push(new URL(response.url()).pathname));
  const violations: string[] = [];
  page.on("console", (message) => {
    if (/content security policy/i.test(message.text())) violations.push(message.text());
  });
  // Less than the minute before the end at which the page warns.
  const { token } = await gateway.issue({ ...request, ttl: 55 });
  await console.open(renewableUrl(`${gateway.url}/spice_auto.html?token=${token}&title=SPICE`, renewal));
  await console.waitFor("connected", "expiring");
  const colors = (): Promise<number> =>
    console.canvas.evaluate((canvas: HTMLCanvasElement) => {
      const data = canvas.getContext("2d")?.getImageData(0, 0, canvas.width, canvas.height).data;
      return new Set(new Uint32Array(data?.buffer ?? new ArrayBuffer(0))).size;
    });
  await expect.poll(colors).toBeGreaterThan(1);
  // Playwright presses no Shift for capitals and signs, and SPICE knows only keys.
  // The emulated keyboard keeps few keys for a guest that is behind, and drops the others.
  await page.keyboard.type("echo spice says 42\n", { delay: 50 });
  await machine.typed(/^echo spice says 42$/mu, 30_000);
  await takeScreenshots(page, "spice-connected");
  const session = await gateway.sessionOf("vm-spice");
  expect(session.type).toBe("spice");

  await console.waitFor("expiring");
  await takeScreenshots(page, "spice-expiring");
  await page.getByRole("button", { name: "Renew" }).click();
  await expect.poll(() => renewedUntil).toBeGreaterThan(0);
  await expect.poll(async () => Date.parse((await gateway.sessionOf("vm-spice")).expires_at ?? "")).toBe(renewedUntil);
  await console.waitForEnd("session_expired");
  expect(Date.now()).toBeGreaterThanOrEqual(renewedUntil);
  await expect(page.locator("canvas")).toHaveCount(0);
  await takeScreenshots(page, "spice-expired");
  // Those of the main channel, the screen, the keys and the pointer.
  await expect.poll(async () => (await console.closes()).length).toBeGreaterThanOrEqual(4);
  const closes = await console.closes();
  expect([...new Set(closes.map(({ code, reason }) => `${code} ${reason}`))]).toEqual(["4100 session_expired"]);
  const left = async (): Promise<unknown[]> =>
    (await gateway.admin.listSessions()).sessions.filter(({ type }) => type === "spice");
  await expect.poll(left).toEqual([]);
  expect(scripts.filter((path) => /spice-html5/u.test(path))).toHaveLength(1);
  expect(violations).toEqual([]);
});

test("SPICE: a revoked link is refused, and says why", async ({ gateway, console, page }) => {
  const { url, id } = await gateway.issue({
    type: "spice",
    target: `127.0.0.1:${machine.port}`,
    ttl: 300,
    name: "SPICE",
  });
  await gateway.admin.revokeToken(id);
  await console.open(url);
  await console.waitForEnd("token_invalid");
  await takeScreenshots(page, "spice-refused");
});

test("SPICE: the page says so when the machine is gone, and clears its screen", async ({ gateway, console, page }) => {
  const { url } = await gateway.issue({ type: "spice", target: `127.0.0.1:${machine.port}`, ttl: 300, name: "SPICE" });
  await page.route("**/assets/spice-html5*", async (route) => {
    await takeScreenshots(page, "spice-connecting");
    await route.continue();
  });
  await console.open(url);
  await console.waitFor("connected");
  await machine.stop();
  await console.waitFor("reconnecting");
  await expect(page.locator("canvas")).toHaveCount(0);
  await takeScreenshots(page, "spice-gone");
});
