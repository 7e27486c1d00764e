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

test.describe("by default", () => {
  test.use({ pageOptions: {} });

  for (const token of ["with a token", "without a token"]) {
    test(`a forged link ${token} sends nothing, and the page says what to do instead`, async ({
      console,
      page,
      gateway,
      vnc,
    }) => {
      const posts: string[] = [];
      page.on("request", (request) => {
        if (request.method() !== "GET") posts.push(request.url());
      });
      gateway.follow({ target: vnc });
      const advice = page.getByText("The operator does not allow this link to request new access.");
      if (token === "with a token") {
        const opened = gateway.nextSession();
        await console.openLink("?renew=/users/me/delete");
        await console.waitFor("connected");
        await expect(advice).toBeVisible();
        (await opened).send({ type: "expiring", expiresInMs: 50_000 });
        await console.waitFor("expiring");
        await expect(page.getByRole("button", { name: "Renew" })).toBeHidden();
        await console.goToBar();
        await page.keyboard.press("r");
        await expect(advice).toBeVisible();
      } else {
        await page.goto("/console/?name=web-03&renew=/users/me/delete");
        await console.waitFor("no-token");
        await expect(advice).toBeVisible();
        await expect(console.card.getByRole("button")).toHaveCount(0);
      }
      expect(posts).toEqual([]);
    });
  }
});
