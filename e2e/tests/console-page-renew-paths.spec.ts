import { expect, test as base } from "../src/console-page-test.ts";
import { startPageServer } from "../src/page-server.ts";

const test = base.extend({
  server: [
    async ({}, use) => {
      await using server = await startPageServer({ renew_paths: ["/renew/"] });
      await use(server);
    },
    { scope: "worker" },
  ],
});

test("a link may renew below the operator's paths, and is refused with another address", async ({
  console,
  page,
  gateway,
  vnc,
}) => {
  gateway.follow({ target: vnc.address });
  await console.openLink("?renew=/renew/web-03");
  await console.waitFor("connected");
  await page.goto("about:blank");
  await console.openLink("?renew=/users/me/delete");
  await console.waitFor("refused");
  await expect(console.card).toContainText("/users/me/delete");
  expect(gateway.connections).toHaveLength(1);
});

test("no link may renew where the operator's list is empty", async ({ console, page }) => {
  await using server = await startPageServer({ renew_paths: [] });
  await page.goto(`${server.origin}/console/?renew=/renew/web-03#token=any`);
  await console.waitFor("refused");
});
