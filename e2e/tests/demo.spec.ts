import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ConsolePage } from "../src/console-page.ts";
import { expect, test as base } from "../src/test.ts";

const server = fileURLToPath(new URL("../../apps/demo/src/server/main.ts", import.meta.url));
const root = fileURLToPath(new URL("../..", import.meta.url));

/** The demo as `pnpm start` runs it, on any free port. */
const test = base.extend<{ readonly dashboard: string }>({
  dashboard: async ({}, use) => {
    const child = spawn(process.execPath, ["--conditions=@curfew/source", server], {
      cwd: root,
      // Without programs on its path there are no real machines, which have suites of their own.
      env: { ...process.env, PORT: "0", PATH: "" },
      stdio: ["ignore", "pipe", "inherit"],
    });
    const closed = once(child, "close");
    const lines = createInterface(child.stdout)[Symbol.asyncIterator]();
    const { value: url } = (await lines.next()) as { value: string };
    expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    await use(url);
    child.kill("SIGTERM");
    expect((await closed)[0], "the exit status after SIGTERM").toBe(0);
    expect((await lines.next()).done, "nothing but the address is printed without a terminal").toBe(true);
  },
});

test("the dashboard opens a console with the chosen lifetime, lists it and ends it", async ({
  dashboard,
  page,
  context,
}) => {
  await page.goto(dashboard);
  await page.getByRole("radio", { name: "5 minutes" }).check();
  const opened = context.waitForEvent("page");
  await page.getByRole("button", { name: "Open Test picture" }).click();
  const tab = new ConsolePage(await opened);
  await tab.waitFor("connected");
  await expect(tab.canvas).toBeVisible();

  await page.bringToFront();
  const row = page.getByRole("row", { name: /Test picture/ });
  await expect(row).toContainText(/connected.*[45]:\d\d/);
  await row.getByRole("button", { name: "End the session of Test picture" }).click();
  await tab.page.bringToFront();
  await tab.waitForEnd("session_terminated");
  await page.bringToFront();
  await expect(page.getByText("Nobody is connected.")).toBeVisible();
});

test("a console of the demo renews itself through the dashboard's back end", async ({ dashboard, page, context }) => {
  await page.goto(dashboard);
  await page.getByRole("radio", { name: "20 seconds" }).check();
  const opened = context.waitForEvent("page");
  await page.getByRole("button", { name: "Open Small shell" }).click();
  const tab = new ConsolePage(await opened);
  await tab.waitFor("expiring");
  const renewed = tab.page.waitForResponse((response) => response.url().includes("/renewal") && response.ok());
  await tab.page.getByRole("button", { name: "Renew" }).click();
  await renewed;
  await expect.poll(() => tab.terminalText()).toContain("login:");
  await tab.waitForEnd("session_expired");
  await expect(tab.page.getByRole("button", { name: "Open again" })).toBeVisible();
});
