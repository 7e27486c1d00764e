import { expect, test } from "../src/fixtures/console-page.ts";

test.use({ pageOptions: { renew_paths: ["/renew/"] } });

test("a link may renew below the operator's paths, and is refused with another address", async ({
  console,
  page,
  gateway,
  vnc,
}) => {
  gateway.follow({ target: vnc });
  await console.openLink("?renew=/renew/web-03");
  await console.waitFor("connected");
  await page.goto("about:blank");
  await console.openLink("?renew=/users/me/delete");
  await console.waitFor("refused");
  await expect(console.card).toContainText("/users/me/delete");
  expect(gateway.sessions).toHaveLength(1);
});

test.describe("without any path", () => {
  test.use({ pageOptions: { renew_paths: [] } });

  test("no link may renew", async ({ console }) => {
    await console.openLink("?renew=/renew/web-03");
    await console.waitFor("refused");
  });
});
