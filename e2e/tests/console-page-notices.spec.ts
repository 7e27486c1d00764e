import { expect, test } from "../src/fixtures/console-page.ts";
import { takeScreenshots } from "../src/screenshots/take-screenshots.ts";

test.describe("with the connection lost", () => {
  const notSent = "Nothing was sent: the console is not connected.";

  test("the machine's clipboard is not said to be set", async ({ console, page, gateway, vnc }) => {
    gateway.follow({ target: vnc });
    const opened = gateway.nextSession();
    await console.openConnected("vnc");
    await page.getByRole("button", { name: "Text and clipboard" }).click();
    await page.getByLabel("Text for the machine").fill("too late");
    gateway.follow({ hello: false });
    (await opened).drop();
    await console.waitFor("reconnecting", "connecting");
    await page.getByRole("button", { name: "Set clipboard" }).click();
    await expect(page.getByText(notSent)).toBeVisible();
  });

  test("a paste that goes nowhere is said to", async ({ console, page, gateway, serial }) => {
    gateway.follow({ target: serial });
    const opened = gateway.nextSession();
    await console.openConnected("serial");
    await page.getByRole("button", { name: "Paste", exact: true }).click();
    await page.getByLabel("Text for the machine").fill("too late");
    gateway.follow({ hello: false });
    (await opened).drop();
    await console.waitFor("reconnecting", "connecting");
    await page.getByRole("button", { name: "Send", exact: true }).click();
    await expect(page.getByText(notSent)).toBeVisible();
  });

  test("a paste that was asked about says that it was cut off, and a No says nothing", async ({
    console,
    page,
    context,
    gateway,
    serial,
  }) => {
    await context.grantPermissions(["clipboard-read", "clipboard-write"]);
    gateway.follow({ target: serial });
    const opened = gateway.nextSession();
    await console.openConnected("serial");
    await page.evaluate(() => navigator.clipboard.writeText("one\ntwo\n"));
    const paste = page.getByRole("button", { name: "Paste", exact: true });
    const question = page.getByRole("dialog", { name: "Paste 2 lines?" });
    const notice = page.getByText("Pasting was interrupted: the connection was lost.");
    await paste.click();
    await question.getByRole("button", { name: "Cancel" }).click();
    await expect(question).toHaveCount(0);
    await expect(notice).toHaveCount(0);
    await paste.click();
    await expect(question).toBeVisible();
    const again = gateway.nextSession();
    (await opened).drop();
    await again;
    await console.waitFor("connected");
    await question.getByRole("button", { name: "Paste" }).click();
    await expect(notice).toBeVisible();
  });
});

test("files and input methods are refused with a reason, and a Mac has its own keys", async ({
  console,
  page,
  gateway,
  vnc,
}) => {
  await page.addInitScript(() => Object.defineProperty(navigator, "platform", { value: "MacIntel" }));
  gateway.follow({ target: vnc });
  await console.openConnected("vnc");
  await expect(page.getByText("Press and release ⌥⇧⌘ to leave the console.")).toBeVisible();
  const drag = (selector: string): Promise<boolean> =>
    page.locator(selector).evaluate((node) => {
      const dataTransfer = new DataTransfer();
      dataTransfer.items.add(new File(["x"], "x.html"));
      const event = new DragEvent("dragover", { dataTransfer, bubbles: true, cancelable: true });
      node.dispatchEvent(event);
      return event.defaultPrevented;
    });
  expect(await drag("canvas")).toBe(true);
  expect(await drag("header")).toBe(true);
  await expect(page.getByText("Files and links cannot be dropped on a console.")).toBeVisible();
  await page.locator("canvas").dispatchEvent("keydown", { key: "Process", code: "KeyA" });
  await expect(page.getByText("To send text from here, use “Text and clipboard”.")).toBeVisible();
  await page.keyboard.press("Alt+Shift+Meta");
  await expect(page.getByRole("toolbar")).toContainText("Ctrl Alt Del");
  await expect(page.locator("canvas")).not.toBeFocused();
});

test.describe("in front of a dialog", () => {
  test("notices are seen and read out, and are back on the page after it", async ({ console, page, gateway, vnc }) => {
    await page.addInitScript(() => {
      Storage.prototype.setItem = () => {
        throw new DOMException("full", "QuotaExceededError");
      };
    });
    gateway.follow({ target: vnc });
    const opened = gateway.nextSession();
    await console.openConnected("vnc");
    await console.chooseMore(/^Settings/);
    const dialog = page.getByRole("dialog", { name: "Settings" });
    await dialog.getByLabel("Appearance").selectOption("dark");
    const notice = "This browser does not store settings for this site. They last until you close the page.";
    await expect(dialog.getByRole("status").getByText(notice)).toBeVisible();
    const icon = page.locator(".toast svg");
    const warning = await icon.innerHTML();
    await takeScreenshots(page, "dialog-notice");
    expect(await dialog.evaluate((node) => node.scrollHeight - node.clientHeight)).toBe(0);

    (await opened).send({ type: "expiring", expiresInMs: 58_000 });
    await expect(dialog.getByRole("alert")).toContainText("This session ends in");
    await page.keyboard.press("Escape");
    await expect(dialog).toHaveCount(0);
    await expect(page.getByRole("alert")).toHaveCount(1);
    await page.getByRole("button", { name: "Save screenshot" }).click();
    await expect(page.getByRole("status").getByText("Screenshot saved to your downloads.")).toBeVisible();
    expect(await icon.innerHTML(), "what did not work has a sign of its own").not.toBe(warning);
  });
});

test("a part of the page that cannot be fetched any more is named", async ({ console, page, gateway, vnc, serial }) => {
  await page.route(/\/assets\/(?:settings-dialog|help-dialog|statistics-row|text-dialog|search-bar)-/, (route) =>
    route.abort(),
  );
  const notice = page.getByText("Part of this page could not be loaded.");
  const gone = async (act: () => Promise<void>): Promise<void> => {
    await act();
    await expect(notice).toBeVisible();
    await notice.evaluate((node) => node.closest(".toast")?.remove());
  };
  gateway.follow({ target: vnc });
  await console.openConnected("vnc");
  for (const item of [/^Settings/, /^Keys and gestures/, /^Statistics/]) await gone(() => console.chooseMore(item));
  await gone(() => page.getByRole("button", { name: "Text and clipboard" }).click());
  gateway.follow({ target: serial });
  await page.goto("about:blank");
  await console.openConnected("serial");
  await gone(() => page.getByRole("button", { name: "Search", exact: true }).click());
  await gone(() => page.getByRole("button", { name: "Paste", exact: true }).click());
});

test("copying says whether nothing is selected or the browser refuses", async ({ console, page, gateway, serial }) => {
  await page.addInitScript(() => {
    navigator.clipboard.writeText = () => Promise.reject(new DOMException("no", "NotAllowedError"));
  });
  gateway.follow({ target: serial });
  await console.openConnected("serial");
  const rows = page.locator(".xterm-rows");
  await expect(rows).toContainText("login:");
  const copy = page.getByRole("button", { name: "Copy selection" });
  await copy.click();
  await expect(page.getByText("Nothing was copied. Select text in the console first.")).toBeVisible();
  const prompt = await rows.locator("> div").filter({ hasText: "login:" }).boundingBox();
  if (prompt === null) throw new Error("there is no prompt");
  await page.mouse.dblclick(prompt.x + 4, prompt.y + prompt.height / 2);
  await copy.click();
  await expect(page.getByText("The browser did not allow copying.")).toBeVisible();
});

test("what was shown is released once it is closed", async ({ console, page, gateway, vnc }) => {
  gateway.follow({ target: vnc });
  await console.openConnected("vnc");
  const forgotten = async (selector: string): Promise<void> => {
    await expect(page.locator(selector)).toBeVisible();
    await page.evaluate((selector) => {
      const node = document.querySelector(selector);
      if (node === null) throw new Error(`there is no ${selector}`);
      Object.assign(globalThis, { shown: new WeakRef(node) });
    }, selector);
    await page.locator(selector).getByRole("button", { name: "Close" }).click();
    await expect(page.locator(selector)).toHaveCount(0);
    await expect
      .poll(async () => {
        await page.requestGC();
        return page.evaluate(() => (globalThis as unknown as { shown: WeakRef<Element> }).shown.deref() === undefined);
      })
      .toBe(true);
  };
  await console.chooseMore(/^Statistics/);
  await forgotten(".tray-row");
  await console.chooseMore(/^Keys and gestures/);
  await forgotten("dialog");
});
