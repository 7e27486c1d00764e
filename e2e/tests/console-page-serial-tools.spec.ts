import type { Page } from "@playwright/test";
import { expect, test } from "../src/fixtures/console-page.ts";
import { takeScreenshots } from "../src/screenshots/take-screenshots.ts";
import { inspect } from "../src/audits/inspect-page.ts";

test.beforeEach(({ gateway, serial }) => {
  gateway.follow({ target: serial });
});

/** Logs in, and has the shell print `text`. */
async function print(page: Page, text: string): Promise<void> {
  const rows = page.locator(".xterm-rows");
  await expect(rows).toContainText("login:");
  await page.keyboard.type("guest\r");
  await expect(rows).toContainText("Password:");
  await page.keyboard.type("guest\r");
  await expect(rows).toContainText(/[#$]/);
  await page.keyboard.type(`echo ${text}\r`);
  await expect(rows.locator("> div").filter({ hasText: text }).nth(1)).toBeVisible();
}

test("the search counts, minds case when told to, and says what is no expression", async ({ console, page }) => {
  await console.openConnected("serial");
  await print(page, "needle-Needle");
  await page.keyboard.press("Control+Shift+F");
  const search = page.getByRole("searchbox", { name: "Search the terminal" });
  await expect(search).toBeFocused();
  await search.fill("needle");
  await expect(page.getByText(/^\d of 4$/)).toBeVisible();
  await page.keyboard.press("Enter");
  await expect(page.getByText(/^\d of 4$/)).toBeVisible();
  await page.getByRole("button", { name: "Match case" }).click();
  await expect(page.getByText(/^\d of 2$/)).toBeVisible();
  await inspect(page, "search");
  await page.getByRole("button", { name: "Regular expression" }).click();
  await search.fill("(");
  await expect(page.getByText("Invalid regular expression")).toBeVisible();
  await search.fill("no such thing");
  await expect(page.getByText("No match")).toBeVisible();
  await search.press("Escape");
  await expect(search).toHaveCount(0);
  await expect(page.getByRole("textbox", { name: "Terminal of the machine" })).toBeFocused();
});

test("the marks of a search go with its row", async ({ console, page }) => {
  await console.openConnected("serial");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  const marks = page.locator(".xterm-find-result-decoration");
  const search = page.getByRole("searchbox", { name: "Search the terminal" });
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await search.fill("login");
  await expect(marks).not.toHaveCount(0);
  await console.chooseMore(/^Statistics/);
  await expect(search).toHaveCount(0);
  await expect(marks).toHaveCount(0);
});

test("an open search is there again after a reconnection, with its marks", async ({
  console,
  page,
  gateway,
  serial,
}) => {
  const opened = gateway.nextSession();
  await console.openConnected("serial");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  const search = page.getByRole("searchbox", { name: "Search the terminal" });
  await page.getByRole("button", { name: "Search", exact: true }).click();
  await search.fill("login");
  const marks = page.locator(".xterm-find-result-decoration");
  await expect(marks).not.toHaveCount(0);
  gateway.follow({ refuse: "server_draining" });
  (await opened).end("server_draining");
  await console.waitFor("reconnecting");
  await expect(search).toBeHidden();
  await expect(console.card.locator(":focus")).toBeVisible();
  gateway.follow({ target: serial });
  await console.waitFor("connected");
  await expect(search).toHaveValue("login");
  await expect(marks).not.toHaveCount(0);
});

test("the keys that search do nothing behind a dialog or a card", async ({ console, page, gateway }) => {
  const opened = gateway.nextSession();
  await console.openConnected("serial");
  const search = page.getByRole("searchbox", { name: "Search the terminal" });
  await console.chooseMore(/^Keys and gestures/);
  await expect(page.getByRole("dialog")).toBeVisible();
  await page.keyboard.press("Control+Shift+F");
  await page.keyboard.press("Escape");
  gateway.follow({ hello: false });
  (await opened).drop();
  await console.waitFor("connecting");
  await page.keyboard.press("Control+Shift+F");
  // What is fetched for it would come as soon as it does here.
  await page.evaluate(() => new Promise((resolve) => requestIdleCallback(resolve)));
  await expect(search).toHaveCount(0);
});

test("many lines are pasted only after a question", async ({ console, page, context }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await console.openConnected("serial");
  await print(page, "ready");
  await page.evaluate(() => navigator.clipboard.writeText("echo first-line\necho second-line\n"));
  await page.getByRole("button", { name: "Paste", exact: true }).click();
  const question = page.getByRole("dialog", { name: "Paste 2 lines?" });
  await expect(question).toContainText("echo second-line");
  await takeScreenshots(page, "dialog-paste");
  await question.getByRole("button", { name: "Cancel" }).click();
  await expect(page.locator(".xterm-rows")).not.toContainText("first-line");

  await page.getByRole("button", { name: "Paste", exact: true }).click();
  await question.getByRole("button", { name: "Paste" }).click();
  await expect(page.locator(".xterm-rows")).toContainText("second-line");
});

test("a link opens after a question, and learns nothing of the page", async ({ console, page, context }) => {
  await context.route("http://elsewhere.example/**", (route) =>
    route.fulfill({ contentType: "text/html", body: "<title>there</title>" }),
  );
  await console.openConnected("serial");
  await print(page, "http://elsewhere.example/x");
  const printed = page.locator(".xterm-rows > div").filter({ hasText: "http://elsewhere.example/x" }).nth(1);
  const box = await printed.boundingBox();
  if (box === null) throw new Error("the link is not on the page");
  await expect(async () => {
    // The terminal looks for a link when the pointer moves; one that is drawn later it does not see.
    await page.mouse.move(box.x + 40, box.y + 4);
    await page.mouse.move(box.x + 60, box.y + box.height / 2);
    await expect(page.locator(".xterm-cursor-pointer")).toBeVisible({ timeout: 1_000 });
  }).toPass({ timeout: 20_000 });
  await page.mouse.click(box.x + 60, box.y + box.height / 2);
  const question = page.getByRole("dialog", { name: "Open this link?" });
  await expect(question).toContainText("http://elsewhere.example/x");
  const opened = context.waitForEvent("page");
  await question.getByRole("button", { name: "Open" }).click();
  const tab = await opened;
  await expect(tab).toHaveTitle("there");
  expect(await tab.evaluate(() => [window.opener, document.referrer])).toEqual([null, ""]);
});

test("the transcript is a text file with what the machine printed", async ({ console, page }) => {
  await console.openConnected("serial");
  await print(page, "for-the-record");
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save transcript" }).click();
  const download = await saving;
  expect(download.suggestedFilename()).toMatch(/^web-03 .*\.txt$/);
  const chunks: Buffer[] = [];
  for await (const chunk of await download.createReadStream()) chunks.push(chunk as Buffer);
  expect(Buffer.concat(chunks).toString()).toContain("for-the-record");
});

test("what was cleared is gone", async ({ console, page }) => {
  await console.openConnected("serial");
  await print(page, "to-be-cleared");
  await page.getByRole("button", { name: "Clear screen" }).click();
  await expect(page.locator(".xterm-rows")).not.toContainText("to-be-cleared");
});

test("the menu More and the keys on the screen of a terminal", async ({ console, page }) => {
  await console.openConnected("serial");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  await console.chooseMore("On-screen keys");
  await inspect(page, "screen-keys-serial");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await inspect(page, "menu-more-serial");
});
