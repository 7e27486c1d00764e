import { freePort } from "@curfew/testing/real";
import type { Locator, Page } from "@playwright/test";
import { expectAccessible } from "../src/audits/accessibility.ts";
import { expectNoSidewaysScrolling } from "../src/audits/inspect-page.ts";
import { endOf, expect, panelOf, press, test, waitForStatus } from "../src/fixtures/demo.ts";
import { ConsolePage } from "../src/page-objects/console-page.ts";
import { displayMatrix, takeScreenshot, takeScreenshots } from "../src/screenshots/take-screenshots.ts";
import { failToStartDemo, startDemo } from "../src/servers/demo-process.ts";

// Most tests spend their time waiting for a deadline.
test.describe.configure({ mode: "parallel" });

async function isPainted(canvas: Locator): Promise<boolean> {
  return await canvas.evaluate((node: HTMLCanvasElement) => {
    // An empty canvas has no pixels to read.
    const alpha =
      node.width > 0 && node.getContext("2d")?.getImageData(node.width >> 1, node.height >> 1, 1, 1).data[3];
    return alpha === 255;
  });
}

/** Resolves when the element has been removed from the page, however short it is away. Call it before the cause. */
async function removal(element: Locator): Promise<void> {
  await element.evaluate(async (node) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    new MutationObserver(() => node.isConnected || resolve()).observe(document.body, {
      childList: true,
      subtree: true,
    });
    await promise;
  });
}

test("a console opens in the page with the chosen lifetime, is listed and ended", async ({ dashboard: page }) => {
  await page.getByRole("radio", { name: "5 minutes" }).check();
  await press(page, "Open Test pattern here");
  await waitForStatus(page, "connected");
  const canvas = panelOf(page).locator("canvas").first();
  await expect(canvas).toBeFocused();
  await expect.poll(() => isPainted(canvas)).toBe(true);
  await expect(panelOf(page).getByText("Press and release Ctrl + Alt + Shift")).toBeVisible();
  await page.keyboard.press("Control+Alt+Shift");
  // The focus moves a task later: until then the keys are the machine's.
  await expect(canvas).not.toBeFocused();
  await page.keyboard.press("Shift+Tab");
  await expect(panelOf(page).getByRole("button", { name: "Close the console" })).toBeFocused();
  await expect(panelOf(page).getByRole("timer")).toHaveText(/[45]:\d\d/);
  const row = page.getByRole("row", { name: /Test pattern/ });
  await expect(row).toContainText(/connected.*[45]:\d\d/);
  await takeScreenshots(page, "in-page", "demo");

  await row.getByRole("button", { name: "End session of Test pattern" }).click();
  await expect(endOf(page)).toHaveAttribute("data-reason", "session_terminated");
  await expect(page.getByText("No active sessions.")).toBeVisible();
  const events = page.getByRole("region", { name: "Audit events" }).getByRole("listitem");
  await expect(events.first()).toContainText(/ended.*Test pattern Ended by an operator/);
  await expect(events.nth(1)).toContainText(/opened.*Test pattern/);
  await expect(page.getByLabel("Metrics").getByText(/Ended by an operator: \d/)).toBeVisible();
});

test("a console in the page warns, is renewed and expires, and the audit events say so", async ({
  dashboard: page,
}) => {
  const warning = panelOf(page).getByText("This session ends in");
  await page.getByRole("radio", { name: "20 seconds" }).check();
  await press(page, "Open Small shell here");
  await expect(warning).toBeVisible();
  await takeScreenshots(page, "warning", "demo");
  // For a second only: it is back when less than a minute is left.
  const hidden = removal(panelOf(page).locator(".warning"));
  await press(page, "Renew");
  await hidden;
  const events = page.getByRole("region", { name: "Audit events" });
  await expect(events.getByText("renewed", { exact: true }).first()).toBeVisible();

  // Twenty seconds from the renewal on: long enough to press Renew on a busy machine.
  await expect(warning).toBeVisible({ timeout: 30_000 });
  await expect(endOf(page)).toHaveAttribute("data-reason", "session_expired", { timeout: 30_000 });
  await expect(panelOf(page).getByRole("button", { name: "Open again" })).toBeVisible();
  await expect(events.getByText(/Session expired/).first()).toBeVisible();
  await expect(page.getByText("on average")).toBeVisible();
  await takeScreenshots(page, "expired", "demo");
});

test("without enforcement a session has no end, and all sessions can be ended at once", async ({ dashboard: page }) => {
  await page.getByRole("switch", { name: "Enforce timeout" }).uncheck();
  await press(page, "Open Small shell here");
  await expect(panelOf(page).getByRole("timer")).toHaveText("no limit");
  await expect(page.getByRole("row", { name: /Small shell/ })).toContainText("no limit");
  await press(page, "End all");
  await expect(endOf(page)).toHaveAttribute("data-reason", "session_terminated");
});

test("a console in a new tab renews itself through the dashboard's back end", async ({ dashboard: page, context }) => {
  await page.getByRole("radio", { name: "12 seconds" }).check();
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
  /** Waits until a message with this text is in the log. */
  readonly logged: (text: string) => Promise<void>;
}

function messagesOf(page: Page): Messages {
  const region = page.getByRole("region", { name: "Messages" });
  const messages = region.getByRole("listitem");
  return { region, logged: async (text) => await expect(messages.filter({ hasText: text }).first()).toBeVisible() };
}

test("the page shows the messages of the embedded console page, and renews, focuses and ends it", async ({
  dashboard: page,
}) => {
  await page.getByRole("radio", { name: "20 seconds" }).check();
  await press(page, "Open Small shell in a frame");
  const frame = page.frameLocator("iframe");
  await expect(frame.locator(".xterm-rows")).toContainText("login:");
  const { logged } = messagesOf(page);
  await logged('iframe → page{"type":"ready"}');
  await logged('iframe → page{"type":"state","state":"connected"}');
  await logged('"type":"expiring"');
  await takeScreenshots(page, "frame", "demo");

  await frame.getByRole("button", { name: "Renew" }).click();
  await logged('iframe → page{"type":"renew-wanted"}');
  await logged('page → iframe{"type":"renew","token":"…"}');
  const events = page.getByRole("region", { name: "Audit events" }).getByRole("listitem");
  await expect(events.first()).toContainText(/renewed.*Small shell/);

  await press(page, "Focus");
  await expect(frame.locator(".xterm-helper-textarea")).toBeFocused();
  await press(page, "End");
  await logged('"type":"closed"');
  await expect(frame.locator("[data-reason]")).toBeVisible();
});

test("Renew beside the messages renews the embedded session without a request", async ({ dashboard: page }) => {
  await press(page, "Open Small shell in a frame");
  const { region, logged } = messagesOf(page);
  await logged('iframe → page{"type":"state","state":"connected"}');
  await region.getByRole("button", { name: "Renew" }).click();
  await logged('page → iframe{"type":"renew","token":"…"}');
  await expect(region).not.toContainText("renew-wanted");
  const events = page.getByRole("region", { name: "Audit events" }).getByRole("listitem");
  await expect(events.first()).toContainText(/renewed.*Small shell/);
});

test("messages in another format are ignored and not logged", async ({ dashboard: page }) => {
  await press(page, "Open Small shell in a frame");
  const { region, logged } = messagesOf(page);
  await logged('iframe → page{"type":"ready"}');
  const frame = page.frames().find((one) => one.parentFrame() !== null);
  await frame?.evaluate(() => {
    const foreign = ["forged", null, { type: "forged" }, { curfew: 2, type: "forged" }, { curfew: 1, forged: true }];
    for (const message of [...foreign, { curfew: 1, type: "last" }]) parent.postMessage(message, "*");
  });
  await logged('iframe → page{"type":"last"}');
  await expect(region).not.toContainText("forged");
});

test.describe("with previews", () => {
  test.use({ previews: true });

  test("a machine with a password prompts for it, and its preview does not", async ({ dashboard: page }) => {
    await expect(page.locator(".machine", { hasText: "Locked desktop" }).locator("canvas").first()).toBeVisible();
    await press(page, "Open Locked desktop here");
    await page.getByLabel("Password", { exact: true }).fill("secret");
    await press(page, "Unlock");
    await waitForStatus(page, "connected");
  });

  for (const { viewport, colorScheme } of displayMatrix) {
    const { width } = viewport;
    test(`the dashboard is accessible and fits, ${colorScheme}, ${width} px wide`, async ({ dashboard: page }) => {
      const errors: string[] = [];
      page.on("pageerror", ({ message }) => errors.push(message));
      page.on("console", (message) => /content security policy/i.test(message.text()) && errors.push(message.text()));
      await page.setViewportSize(viewport);
      await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
      await expect(page.locator(".machine canvas").first()).toBeAttached();
      const check = async (): Promise<void> => {
        await expectAccessible(page);
        await expectNoSidewaysScrolling(page, "the dashboard");
      };
      await check();
      await takeScreenshot(page, "dashboard", width, colorScheme, "demo");
      await press(page, "Try Refused target");
      await expect(endOf(page)).toBeVisible();
      await check();
      expect(errors).toEqual([]);
    });
  }
});

test("the page says if the demo server is not running, and reconnects", async ({ page }) => {
  // Not one of those that the system hands out, by which the port could be taken while the demo is away.
  const port = await freePort();
  const first = await startDemo(port);
  await page.goto(first.url);
  await expect(page.getByText("Live", { exact: true })).toBeVisible();
  await press(page, "Open Test pattern here");
  await waitForStatus(page, "connected");
  // An open session and an open page must not keep the process running.
  expect((await first.stop("SIGINT")).status).toBe(0);
  await expect(page.getByText("The demo server is not running.")).toBeVisible();
  await takeScreenshots(page, "gone", "demo");
  const second = await startDemo(port);
  await expect(page.getByText("Live", { exact: true })).toBeVisible({ timeout: 20_000 });
  await expect(page.getByText("The demo server is not running.")).toBeHidden();
  expect((await second.stop("SIGTERM")).status).toBe(0);
});

/** Replaces the server's event stream by a single event. */
async function playEvents(page: Page, events: Readonly<Record<string, unknown>>): Promise<void> {
  await page.addInitScript((played) => {
    globalThis.EventSource = class extends EventTarget {
      constructor() {
        super();
        setTimeout(() => {
          this.dispatchEvent(new MessageEvent("hello", { data: "" }));
          for (const [event, data] of Object.entries(played)) {
            this.dispatchEvent(new MessageEvent(event, { data: JSON.stringify(data) }));
          }
        });
      }
    } as unknown as typeof EventSource;
  }, events);
}

/** A session with long names, as the page's list of sessions has it. */
const SESSION = {
  id: "1",
  gateway: "cluster",
  runsAt: "gateway-1",
  name: "Linux serial port",
  client: "2001:db8:1:2:3:4:5:6",
  state: "relaying",
  leftMs: 3_599_000,
  bytes: 123_456_789,
};

/** Expects that a phone shows everything in the list of sessions without scrolling to the side. */
async function expectSessionsToFit(page: Page): Promise<void> {
  await page.setViewportSize({ width: 360, height: 800 });
  const list = page.getByRole("group", { name: "Sessions" });
  await expect(list.getByRole("button", { name: "End session" })).toBeVisible();
  await expect.poll(() => list.evaluate(({ scrollWidth, clientWidth }) => scrollWidth - clientWidth)).toBe(0);
}

test("the page says if the gateway is not responding", async ({ page, demo }) => {
  // The gateways run as long as the demo.
  await playEvents(page, { gateway: { up: false } });
  await page.goto(demo.url);
  await expect(page.getByText("The gateway is not responding.")).toBeVisible();
});

test("a machine that is starting or has failed says so, and cannot be opened", async ({ page, demo }) => {
  const machine = { id: "slow", type: "vnc", about: "", login: "", real: true, preview: true };
  const machines = [
    { ...machine, name: "Slow one", state: "starting" },
    { ...machine, id: "broken", name: "Broken one", state: "failed" },
  ];
  await playEvents(page, { machines, sessions: [SESSION] });
  await page.goto(demo.url);
  const card = (name: string): Locator => page.locator(".machine", { hasText: name });
  await expect(card("Slow one")).toContainText("The machine is starting…");
  await expect(card("Broken one")).toContainText("The machine did not start");
  await expect(page.getByRole("button", { name: /Open .* one/, disabled: false })).toHaveCount(0);
  await expectSessionsToFit(page);
});

test("the parts of a cluster say how they are, and can be stopped with the keyboard", async ({ page, demo }) => {
  const gateways = ["up", "draining", "away"].map((state, index) => ({ name: `gateway-${index + 1}`, state }));
  await playEvents(page, { cluster: { gateways, store: { state: "frozen" } }, sessions: [SESSION] });
  const asked: string[] = [];
  await page.route("**/api/cluster/**", async (route) => {
    asked.push(new URL(route.request().url()).pathname);
    await route.fulfill({ status: 204 });
  });
  await page.goto(demo.url);
  for (const { name, state } of gateways) await expect(page.getByLabel(`State of ${name}`)).toHaveText(state);
  await expect(page.getByRole("button", { name: "Drain gateway-2" })).toBeDisabled();
  await page.getByRole("button", { name: "Kill gateway-1" }).focus();
  for (const key of ["Enter", "Tab", "Enter"]) await page.keyboard.press(key);
  for (const name of ["Kill gateway-2", "Start gateway-3", "Thaw store"]) await press(page, name);
  const actions = ["gateway-1/kill", "gateway-1/drain", "gateway-2/kill", "gateway-3/start", "store/thaw"];
  await expect.poll(() => asked).toEqual(actions.map((action) => `/api/cluster/${action}`));
  await expectSessionsToFit(page);
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme, reducedMotion: "reduce" });
    await expectAccessible(page);
    await expectNoSidewaysScrolling(page, "the dashboard of a cluster");
  }
});

test("without the default lifetime consoles open with the shortest", async ({ page, demo }) => {
  await page.route(
    "**/api/setup",
    async (route) => await route.fulfill({ json: { faults: [], lifetimes: [12, 3660] } }),
  );
  await page.goto(demo.url);
  await expect(page.getByRole("radio", { name: "61 minutes" })).not.toBeChecked();
  await press(page, "Open Small shell here");
  await expect(panelOf(page)).toContainText("Access for 12 seconds");
  await waitForStatus(page, "connected");
});

test("an invalid lifetime is refused with its name, its value and what was expected", async () => {
  const { status, stderr } = await failToStartDemo({ CURFEW_DEMO_LIFETIMES: "20,soon" });
  expect(status).toBe(1);
  expect(stderr).toMatch(
    /^CURFEW_DEMO_LIFETIMES is "20,soon"; expected whole seconds from 2 to 86400, separated by commas[^\n]*\n$/,
  );
});

test("requests with another Host header, and changes from other sites, are refused", async ({ demo, request }) => {
  const port = new URL(demo.url).port;
  const renamed = await request.get(`${demo.url}/`, { headers: { Host: `evil.example:${port}` } });
  expect(renamed.status()).toBe(403);
  const foreign = await request.delete(`${demo.url}/api/sessions`, { headers: { Origin: "https://evil.example" } });
  expect(foreign.status()).toBe(403);
  const page = await request.get(`${demo.url}/`);
  expect(page.headers()["content-security-policy"]).toContain("default-src 'none'");
});

test("the theme can be chosen, and is stored", async ({ dashboard: page }) => {
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
