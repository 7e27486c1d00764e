import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "../src/audits/accessibility.ts";
import { ConsolePage } from "../src/page-objects/console-page.ts";
import { displayMatrix, takeScreenshot, takeScreenshots } from "../src/screenshots/take-screenshots.ts";
import { failToStartDemo, type RunningDemo, startDemo } from "../src/demo.ts";
import { expect, test as base } from "../src/fixtures/gateway.ts";

/** The dashboard of a demo that all tests of a worker share, with nobody connected. */
const test = base.extend<{ readonly dashboard: Page }, { readonly demo: RunningDemo }>({
  demo: [
    async ({}, use) => {
      const demo = await startDemo();
      expect(demo.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
      await use(demo);
      const { status, printed } = await demo.stop("SIGTERM");
      expect(status, "the exit status after SIGTERM").toBe(0);
      expect(printed, "nothing but the address is printed without a terminal").toEqual([]);
    },
    { scope: "worker" },
  ],
  dashboard: async ({ page, demo }, use) => {
    await page.goto(demo.url);
    await expect(page.getByText("Live", { exact: true })).toBeVisible();
    await use(page);
  },
});

// Most of their time they wait for a deadline.
test.describe.configure({ mode: "parallel" });

const panelOf = (page: Page): Locator => page.getByRole("complementary");
const endOf = (page: Page): Locator => panelOf(page).locator("[data-reason]");
const press = (page: Page, name: string): Promise<void> => page.getByRole("button", { name, exact: true }).click();

async function waitForStatus(page: Page, status: string): Promise<void> {
  await expect(panelOf(page).locator("[data-status]")).toHaveAttribute("data-status", status, { timeout: 30_000 });
}

async function isPainted(canvas: Locator): Promise<boolean> {
  return await canvas.evaluate((node: HTMLCanvasElement) => {
    // An empty canvas has no pixels to read.
    const alpha =
      node.width > 0 && node.getContext("2d")?.getImageData(node.width >> 1, node.height >> 1, 1, 1).data[3];
    return alpha === 255;
  });
}

test("a console opens in the page with the chosen lifetime, is listed and ended", async ({ dashboard: page }) => {
  await page.getByRole("radio", { name: "5 minutes" }).check();
  await press(page, "Open Test picture here");
  await waitForStatus(page, "connected");
  const canvas = panelOf(page).locator("canvas").first();
  await expect(canvas).toBeFocused();
  await expect.poll(() => isPainted(canvas)).toBe(true);
  await expect(panelOf(page).getByRole("timer")).toHaveText(/[45]:\d\d/);
  const row = page.getByRole("row", { name: /Test picture/ });
  await expect(row).toContainText(/connected.*[45]:\d\d/);
  await takeScreenshots(page, "in-page", "demo");

  await row.getByRole("button", { name: "End the session of Test picture" }).click();
  await expect(endOf(page)).toHaveAttribute("data-reason", "session_terminated");
  await expect(page.getByText("Nobody is connected.")).toBeVisible();
  const events = page.getByRole("region", { name: "Audit events" }).getByRole("listitem");
  await expect(events.first()).toContainText(/ended.*Test picture session_terminated/);
  await expect(events.nth(1)).toContainText(/opened.*Test picture/);
  await expect(page.getByLabel("Metrics").getByText(/\d session_terminated/)).toBeVisible();
});

test("a console in the page warns, is renewed and expires, and the audit events say so", async ({
  dashboard: page,
}) => {
  const warning = panelOf(page).getByText("This session ends in");
  await page.getByRole("radio", { name: "20 seconds" }).check();
  await press(page, "Open Small shell here");
  await expect(warning).toBeVisible();
  await takeScreenshots(page, "warning", "demo");
  await page.getByRole("radio", { name: "6 seconds" }).check();
  await press(page, "Open Small shell here");
  await expect(warning).toBeVisible();
  await press(page, "Renew");
  await expect(warning).toBeHidden();
  const events = page.getByRole("region", { name: "Audit events" });
  await expect(events.getByText("renewed", { exact: true }).first()).toBeVisible();

  await expect(warning).toBeVisible();
  await expect(endOf(page)).toHaveAttribute("data-reason", "session_expired");
  await expect(panelOf(page).getByRole("button", { name: "Open again" })).toBeVisible();
  await expect(events.getByText(/session_expired/).first()).toBeVisible();
  await expect(page.getByText("on average")).toBeVisible();
  await takeScreenshots(page, "expired", "demo");
});

test("without enforcement a session has no end, and all sessions can be ended at once", async ({ dashboard: page }) => {
  await page.getByRole("switch", { name: "Enforce the end" }).uncheck();
  await press(page, "Open Small shell here");
  await expect(panelOf(page).getByRole("timer")).toHaveText("no limit");
  await expect(page.getByRole("row", { name: /Small shell/ })).toContainText("no limit");
  await press(page, "End all");
  await expect(endOf(page)).toHaveAttribute("data-reason", "session_terminated");
});

test("a console in a new tab renews itself through the dashboard's back end", async ({ dashboard: page, context }) => {
  await page.getByRole("radio", { name: "6 seconds" }).check();
  const opened = context.waitForEvent("page");
  await press(page, "Open Small shell in a new tab");
  const tab = new ConsolePage(await opened);
  await tab.waitFor("expiring");
  const renewed = tab.page.waitForResponse((response) => response.url().includes("/renewal") && response.ok());
  await tab.page.getByRole("button", { name: "Renew" }).click();
  await renewed;
  await expect.poll(() => tab.terminalText()).toContain("login:");
  await tab.waitForEnd("session_expired");
  await expect(tab.page.getByRole("button", { name: "Open again" })).toBeVisible();
});

interface Messages {
  readonly region: Locator;
  /** Waits for a message with this text in the log. */
  readonly said: (text: string) => Promise<void>;
}

function messagesOf(page: Page): Messages {
  const region = page.getByRole("region", { name: "Messages" });
  const messages = region.getByRole("listitem");
  return { region, said: async (text) => await expect(messages.filter({ hasText: text }).first()).toBeVisible() };
}

test("the page around a frame shows what the console page says, and renews, focuses and ends it", async ({
  dashboard: page,
}) => {
  await page.getByRole("radio", { name: "20 seconds" }).check();
  await press(page, "Open Small shell in a frame");
  const frame = page.frameLocator("iframe");
  await expect(frame.locator(".xterm-rows")).toContainText("login:");
  const { said } = messagesOf(page);
  await said('frame → page{"type":"ready"}');
  await said('frame → page{"type":"state","state":"connected"}');
  await said('"type":"expiring"');
  await takeScreenshots(page, "frame", "demo");

  await frame.getByRole("button", { name: "Renew" }).click();
  await said('frame → page{"type":"renew-wanted"}');
  await said('page → frame{"type":"renew","token":"…"}');
  const events = page.getByRole("region", { name: "Audit events" }).getByRole("listitem");
  await expect(events.first()).toContainText(/renewed.*Small shell/);

  await press(page, "Focus");
  await expect(frame.locator(".xterm-helper-textarea")).toBeFocused();
  await press(page, "End");
  await said('"type":"closed"');
  await expect(frame.locator("[data-reason]")).toBeVisible();
});

test("Renew beside the messages renews the frame's session without being asked", async ({ dashboard: page }) => {
  await press(page, "Open Small shell in a frame");
  const { region, said } = messagesOf(page);
  await said('frame → page{"type":"state","state":"connected"}');
  await region.getByRole("button", { name: "Renew" }).click();
  await said('page → frame{"type":"renew","token":"…"}');
  await expect(region).not.toContainText("renew-wanted");
  const events = page.getByRole("region", { name: "Audit events" }).getByRole("listitem");
  await expect(events.first()).toContainText(/renewed.*Small shell/);
});

test("messages of a frame that are not the console page's stay out of the log", async ({ dashboard: page }) => {
  await press(page, "Open Small shell in a frame");
  const { region, said } = messagesOf(page);
  await said('frame → page{"type":"ready"}');
  const frame = page.frames().find((one) => one.parentFrame() !== null);
  await frame?.evaluate(() => {
    const strangers = ["forged", null, { type: "forged" }, { curfew: 2, type: "forged" }, { curfew: 1, forged: true }];
    for (const message of [...strangers, { curfew: 1, type: "last" }]) parent.postMessage(message, "*");
  });
  await said('frame → page{"type":"last"}');
  await expect(region).not.toContainText("forged");
});

test("a machine with a password asks for it, and its card shows it without", async ({ dashboard: page }) => {
  await expect(page.locator(".machine", { hasText: "Locked desktop" }).locator("canvas").first()).toBeVisible();
  await press(page, "Open Locked desktop here");
  await page.getByLabel("Password", { exact: true }).fill("secret");
  await press(page, "Unlock");
  await waitForStatus(page, "connected");
});

interface Watched {
  seenStatuses?: string[];
}

/** Takes note of every status of the panel from now on: some are over before one could wait for them. */
async function watchStatuses(page: Page): Promise<() => Promise<string>> {
  await page.evaluate(() => {
    const seen: string[] = ((globalThis as Watched).seenStatuses = []);
    new MutationObserver(() => {
      const status = document.querySelector("[data-status]")?.getAttribute("data-status");
      if (status && status !== seen.at(-1)) seen.push(status);
    }).observe(document.body, { subtree: true, childList: true, attributes: true });
  });
  return async () => (await page.evaluate(() => (globalThis as Watched).seenStatuses ?? [])).join(" ");
}

interface FaultEnd {
  /** The statuses that are passed. */
  readonly passes?: readonly string[];
  readonly reason?: string;
  /** What the panel says in the end. */
  readonly says?: string;
}

/** How each fault goes on. */
const ends: Readonly<Record<string, FaultEnd>> = {
  Expire: { passes: ["connected"], reason: "session_expired" },
  Terminate: { passes: ["connected"], reason: "session_terminated" },
  Replace: { passes: ["connected"], reason: "session_replaced" },
  Idle: { passes: ["connected"], reason: "idle_timeout" },
  Drain: { passes: ["connected", "reconnecting", "connected"] },
  "Refused renewal": { passes: ["connected"], reason: "session_expired" },
  "Invalid token": { reason: "token_invalid" },
  "Refused target": { reason: "forbidden" },
  "Unknown name": { reason: "target_not_found" },
  "No answer": { reason: "target_timeout", says: "did not accept within 1500 ms" },
  Unreachable: { passes: ["reconnecting", "connected"] },
  "Wrong password": { reason: "viewer_failed" },
  Stall: { passes: ["connected"], reason: "session_expired" },
  "Stop reading": { passes: ["connected"], reason: "session_expired" },
  Split: { passes: ["connected"], reason: "session_expired" },
  Slow: { reason: "session_expired" },
  Flood: { passes: ["connected"], reason: "session_expired" },
  Reset: { passes: ["connected", "reconnecting", "connected"] },
  Close: { passes: ["connected"], reason: "target_closed" },
  Garbage: { reason: "viewer_failed" },
};

for (const [name, { passes = [], reason, says = "" }] of Object.entries(ends)) {
  test(`the fault “${name}” goes as its line says`, async ({ dashboard: page }) => {
    const statuses = await watchStatuses(page);
    await press(page, `Try ${name}`);
    await expect.poll(statuses, { timeout: 30_000 }).toMatch(new RegExp(passes.join(".*")));
    if (name === "Refused renewal") {
      await press(page, "Renew");
      await expect(panelOf(page).getByText("Renewing failed.")).toBeVisible();
    }
    if (reason !== undefined) await expect(endOf(page)).toHaveAttribute("data-reason", reason, { timeout: 30_000 });
    await expect(panelOf(page)).toContainText(says);
    await press(page, "Close the console");
  });
}

test("every fault of the page has a test", async ({ dashboard: page }) => {
  const faults = page.getByRole("region", { name: "Scripted faults" }).getByRole("heading", { level: 3 });
  await expect(faults).toHaveText(Object.keys(ends));
});

test("the page says that the demo is gone, and comes back with it", async ({ page }) => {
  const first = await startDemo();
  await page.goto(first.url);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await press(page, "Open Test picture here");
  await waitForStatus(page, "connected");
  // With a session and a page open: nothing may keep the process.
  expect((await first.stop("SIGINT")).status).toBe(0);
  await expect(page.getByText("The demo’s server is gone.")).toBeVisible();
  await takeScreenshots(page, "gone", "demo");
  const second = await startDemo(Number(new URL(first.url).port));
  await expect(page.getByText("Live", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("The demo’s server is gone.")).toBeHidden();
  expect((await second.stop("SIGTERM")).status).toBe(0);
});

/** Tells the page one event, in place of the back end's stream. */
async function playEvent(page: Page, name: string, data: unknown): Promise<void> {
  await page.addInitScript(
    ([event, json]) => {
      globalThis.EventSource = class extends EventTarget {
        constructor() {
          super();
          setTimeout(() => {
            this.dispatchEvent(new MessageEvent("hello", { data: "" }));
            this.dispatchEvent(new MessageEvent(event, { data: json }));
          });
        }
      } as unknown as typeof EventSource;
    },
    [name, JSON.stringify(data)] as const,
  );
}

test("a gateway that does not answer is said", async ({ page, demo }) => {
  // The gateways live and die with the demo.
  await playEvent(page, "gateway", { up: false });
  await page.goto(demo.url);
  await expect(page.getByText("The gateway does not answer.")).toBeVisible();
});

test("a machine that is still starting says so, and cannot be opened yet", async ({ page, demo }) => {
  const machine = { id: "slow", type: "vnc", about: "", login: "", real: true, preview: true };
  const machines = [
    { ...machine, name: "Slow one", state: "starting" },
    { ...machine, id: "broken", name: "Broken one", state: "failed" },
  ];
  await playEvent(page, "machines", machines);
  await page.goto(demo.url);
  const card = (name: string): Locator => page.locator(".machine", { hasText: name });
  await expect(card("Slow one")).toContainText("The machine is starting…");
  await expect(card("Broken one")).toContainText("The machine did not start");
  await expect(page.getByRole("button", { name: /Open .* one/, disabled: false })).toHaveCount(0);
});

test("lifetimes without the usual one open consoles with the shortest", async ({ page, demo }) => {
  await page.route(
    "**/api/setup",
    async (route) => await route.fulfill({ json: { faults: [], lifetimes: [6, 3660] } }),
  );
  await page.goto(demo.url);
  await expect(page.getByRole("radio", { name: "61 minutes" })).not.toBeChecked();
  await press(page, "Open Small shell here");
  await expect(panelOf(page)).toContainText("Access for 6 seconds");
  await waitForStatus(page, "connected");
});

test("a lifetime that makes no sense is refused with its name, its value and what was expected", async () => {
  const { status, said } = await failToStartDemo({ CURFEW_DEMO_LIFETIMES: "20,soon" });
  expect(status).toBe(1);
  expect(said).toMatch(/^CURFEW_DEMO_LIFETIMES is "20,soon"; expected whole seconds from 2 to 86400 [^\n]*\n$/);
});

test("requests under another name, and changes from other sites, are refused", async ({ demo, request }) => {
  const port = new URL(demo.url).port;
  const renamed = await request.get(`${demo.url}/`, { headers: { Host: `evil.example:${port}` } });
  expect(renamed.status()).toBe(403);
  const foreign = await request.delete(`${demo.url}/api/sessions`, { headers: { Origin: "https://evil.example" } });
  expect(foreign.status()).toBe(403);
  const page = await request.get(`${demo.url}/`);
  expect(page.headers()["content-security-policy"]).toContain("default-src 'none'");
});

for (const { viewport, colorScheme } of displayMatrix) {
  const { width } = viewport;
  test(`the dashboard is accessible and fits, ${colorScheme}, ${width} px wide`, async ({ dashboard: page }) => {
    const mistakes: string[] = [];
    page.on("pageerror", ({ message }) => mistakes.push(message));
    page.on("console", (message) => /content security policy/i.test(message.text()) && mistakes.push(message.text()));
    await page.setViewportSize(viewport);
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expect(page.locator(".machine canvas").first()).toBeAttached();
    const check = async (): Promise<void> => {
      await expectAccessible(page);
      expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(width);
    };
    await check();
    await takeScreenshot(page, "dashboard", width, colorScheme, "demo");
    await press(page, "Try Refused target");
    await expect(endOf(page)).toBeVisible();
    await check();
    expect(mistakes).toEqual([]);
  });
}

test("the theme can be chosen, and is kept", async ({ dashboard: page }) => {
  await page.emulateMedia({ colorScheme: "light" });
  const stage = (): Promise<string> => page.evaluate(() => getComputedStyle(document.body).backgroundColor);
  const light = await stage();
  await page.getByRole("radio", { name: "Dark" }).check();
  await expect.poll(stage).not.toBe(light);
  await page.reload();
  await expect.poll(stage).not.toBe(light);
  await page.getByRole("radio", { name: "System default" }).check();
  await expect.poll(stage).toBe(light);
});
