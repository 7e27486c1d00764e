import { execFile } from "node:child_process";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { german } from "@curfew/client/messages/de";
import { english } from "@curfew/client/messages/en";
import { expect, test } from "@curfew/testing/playwright";
import { preview } from "vite";
import { takeScreenshots } from "../src/screenshots/take-screenshots.ts";

const examples = new URL("../../examples/", import.meta.url);

for (const name of ["vue", "svelte"]) {
  test.describe(`examples/${name}`, () => {
    const root = fileURLToPath(new URL(name, examples));
    let origin = "";
    let stop: (() => Promise<void>) | undefined;

    test.beforeAll(async () => {
      test.setTimeout(400_000);
      // As a user builds it, the check of its types included.
      await promisify(execFile)("pnpm", ["run", "build"], { cwd: root });
      const server = await preview({ root, logLevel: "silent", preview: { port: 0, host: "127.0.0.1" } });
      origin = server.resolvedUrls?.local[0] ?? "";
      stop = () => server.close();
    });

    test.afterAll(() => stop?.());

    test("shows the picture, takes keys, renews, counts down, and says why it ended", async ({
      page,
      vnc,
      routeConsole,
      clock,
    }) => {
      const gateway = await routeConsole("ws://gateway.test/**", { renewal: 7_200_000 });
      await page.goto(`${origin}?url=ws://gateway.test/console&token=first&renewal=second`);
      await expect(page.getByRole("status")).toHaveText(english.states.connected);
      await expect(page.getByRole("timer")).toHaveText(/^(1 hr|59 min) left$/);
      await expect(page.locator("canvas")).toBeVisible();
      await takeScreenshots(page, `${name}-connected`, "examples");

      await page.locator("canvas").focus();
      await page.keyboard.type("k");
      await vnc.waitFor("key", ({ keysym, down }) => keysym === 0x6b && down);

      const session = await gateway.waitForSession();
      expect(session.token).toBe("first");
      await page.getByRole("button", { name: english.actions.renew }).click();
      await gateway.waitFor("renew", ({ token }) => token === "second");
      await expect(page.getByRole("timer")).toHaveText(/^(2 hr|1 hr, 59 min) left$/);

      await clock.freeze();
      session.warn(10_000);
      await expect(page.getByRole("timer")).toHaveText("10 sec left");
      await clock.runToJustBefore(10_000);
      await expect(page.getByRole("timer")).toHaveText("1 sec left");
      session.expire();
      const end = page.getByRole("alert");
      await expect(end.getByRole("heading")).toHaveText(english.closeReasons.session_expired.title);
      await expect(end).toContainText(english.closeReasons.session_expired.sentence);
      await expect(page.locator("canvas")).toHaveCount(0);
      await takeScreenshots(page, `${name}-ended`, "examples");

      await end.getByRole("button", { name: english.closeReasons.session_expired.next }).click();
      await expect(end).toHaveCount(0);
      await gateway.waitForSession(1);
    });

    test.describe("in German", () => {
      test.use({ locale: "de-DE" });

      test("says in German why a session cannot open", async ({ page, routeConsole }) => {
        await routeConsole("ws://gateway.test/**", { refuse: "token_expired" });
        await page.goto(`${origin}?url=ws://gateway.test/console&token=old`);
        await expect(page.getByRole("alert")).toContainText(german.closeReasons.token_expired.sentence);
      });
    });
  });
}
