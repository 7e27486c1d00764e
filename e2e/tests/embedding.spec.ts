import { type FakeVncServer, startFakeVnc } from "@curfew/testing";
import { expect, test, type FrameLocator, type Page } from "@playwright/test";
import { type PageServer, startPageServer } from "../src/page-server.ts";
import { heard, type ParentPage, say, startParentPage } from "../src/parent-page.ts";
import { ScriptedGateway } from "../src/scripted-gateway.ts";

let dashboard: ParentPage;
let stranger: ParentPage;
let server: PageServer;
let gateway: ScriptedGateway;
let vnc: FakeVncServer;

test.beforeAll(async () => {
  dashboard = await startParentPage();
  stranger = await startParentPage();
  server = await startPageServer({ frame_ancestors: [dashboard.origin] });
  vnc = await startFakeVnc();
});
test.afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await dashboard[Symbol.asyncDispose]();
  await stranger[Symbol.asyncDispose]();
  await vnc.close();
});
test.beforeEach(() => {
  gateway = new ScriptedGateway(server);
  gateway.follow({ target: vnc.address });
});

async function embed(page: Page, parent: ParentPage, fragment = "#token=first"): Promise<FrameLocator> {
  await page.goto(`${parent.origin}/#${encodeURIComponent(`${server.origin}/console/?type=vnc${fragment}`)}`);
  return page.frameLocator("iframe");
}

function state(frame: FrameLocator, name: string): Promise<void> {
  return expect(frame.locator("body")).toHaveAttribute("data-state", name);
}

const types = async (page: Page): Promise<unknown[]> =>
  (await heard(page)).map(({ type, state: word }) => (type === "state" ? word : type));

test("an allowed parent hears what happens, and nobody sees a token", async ({ page }) => {
  const opened = gateway.next();
  const frame = await embed(page, dashboard);
  await state(frame, "connected");
  const connection = await opened;
  connection.send({ type: "expiring", expiresInMs: 50_000 });
  await state(frame, "expiring");
  connection.end("session_expired");
  await state(frame, "ended");
  await expect
    .poll(() => types(page))
    .toEqual(["ready", "connecting", "connected", "expiring", "expiring", "ended", "closed"]);
  const messages = await heard(page);
  expect(messages.every(({ curfew, origin }) => curfew === 1 && origin === server.origin)).toBe(true);
  expect(messages.find(({ type }) => type === "expiring")).toMatchObject({ renewable: true });
  expect(messages.at(-1)).toMatchObject({ type: "closed", reason: "session_expired", code: 4100, wasClean: true });
  expect(JSON.stringify(messages)).not.toContain("first");
});

test("Renew asks the parent for a token, and renews with the one it sends", async ({ page }) => {
  const opened = gateway.next();
  const frame = await embed(page, dashboard);
  await state(frame, "connected");
  const connection = await opened;
  connection.send({ type: "expiring", expiresInMs: 50_000 });
  await frame.getByRole("button", { name: "Renew" }).click();
  await state(frame, "renewing");
  await expect.poll(() => types(page)).toContain("renew-wanted");
  await say(page, { curfew: 1, type: "renew", token: "second" });
  await expect.poll(() => connection.renewals).toEqual(["second"]);
  connection.send({ type: "renewed", id: 1, expiresInMs: 1_800_000 });
  await state(frame, "connected");
});

test("a parent renews without being asked, gives the console the keyboard, and closes it", async ({ page }) => {
  const opened = gateway.next();
  const frame = await embed(page, dashboard);
  await state(frame, "connected");
  await say(page, { curfew: 1, type: "renew", token: "second" });
  const connection = await opened;
  await expect.poll(() => connection.renewals).toEqual(["second"]);
  connection.send({ type: "renewed", id: 1, expiresInMs: 1_800_000 });
  await page.evaluate(() => {
    document.querySelector("iframe")?.blur();
  });
  await say(page, { curfew: 1, type: "focus" });
  await expect(frame.locator("canvas")).toBeFocused();
  await say(page, { curfew: 1, type: "close" });
  await state(frame, "ended");
  await expect
    .poll(() => heard(page))
    .toContainEqual(expect.objectContaining({ type: "closed", reason: "client_closed" }));
  await say(page, { curfew: 1, type: "renew", token: "third" });
  await state(frame, "connected");
});

test("a message that makes no sense is named once and changes nothing", async ({ page }) => {
  const warnings: string[] = [];
  page.on("console", (message) => {
    if (message.type() === "warning" && message.text().includes("did not understand")) warnings.push(message.text());
  });
  const frame = await embed(page, dashboard);
  await state(frame, "connected");
  for (const data of ["close", { type: "close" }, { curfew: 1, type: "reboot" }]) await say(page, data);
  await expect.poll(() => warnings).toHaveLength(1);
  expect(warnings[0]).toContain(
    `from ${dashboard.origin}: type: expected "focus", "renew" or "close", but got "reboot"`,
  );
  await state(frame, "connected");
});

test("another site cannot show the page", async ({ page }) => {
  const refusals: string[] = [];
  page.on("console", (message) => refusals.push(message.text()));
  await embed(page, stranger);
  await expect.poll(() => refusals.join("\n")).toContain("frame-ancestors");
  expect(await heard(page)).toEqual([]);
  expect(gateway.connections).toHaveLength(0);
});

for (const [message, token, before] of [
  [{ type: "close" }, "#token=first", /connecting/],
  // A parent's token opens the console of a link that has none.
  [{ type: "renew", token: "second" }, "", /no-token/],
] as const) {
  test(`another site is neither told anything nor heard, even where its browser shows the page: ${message.type}`, async ({
    page,
  }) => {
    await page.route(`${server.origin}/console/**`, async (route) => {
      const response = await route.fetch();
      const headers = response.headers();
      delete headers["content-security-policy"];
      await route.fulfill({ response, headers });
    });
    const frame = await embed(page, stranger, token);
    await expect(frame.locator("body")).toHaveAttribute("data-state", before);
    await say(page, { curfew: 1, ...message });
    // Goes through the same queue after it.
    await frame.locator("body").evaluate(async () => {
      const arrived = new Promise((resolve) => addEventListener("message", resolve, { once: true }));
      window.postMessage("last", location.origin);
      await arrived;
    });
    await expect(frame.locator("body")).toHaveAttribute("data-state", before);
    expect(await heard(page)).toEqual([]);
  });
}
