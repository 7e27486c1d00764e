import type { FakeSerialServer } from "@curfew/testing";
import type { Page } from "@playwright/test";
import { takeScreenshots } from "../src/screenshots/take-screenshots.ts";
import { inspect } from "../src/audits/inspect-page.ts";
import { expect, FakedConsolePage, test } from "../src/fixtures/console-page.ts";

test.beforeEach(({ gateway, serial }) => {
  gateway.follow({ target: serial });
});

const drawn = (page: Page) => page.locator(".xterm-screen canvas:not(.xterm-link-layer)");

function print(serial: FakeSerialServer, text: string): void {
  for (const connection of serial.connections) connection.print(text);
}

async function wantWebgl(page: Page): Promise<void> {
  await page.addInitScript(() => localStorage.setItem("curfew.console.settings", '{"version":1,"webgl":true}'));
}

test("the setting draws the terminal with the graphics card", async ({ console, page }) => {
  await wantWebgl(page);
  await console.openConnected("serial");
  await expect(drawn(page)).toBeVisible();
  await expect(page.locator(".xterm-rows")).toHaveCount(0);
});

test("without the setting it is drawn with elements", async ({ console, page }) => {
  await console.openConnected("serial");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  await expect(drawn(page)).toHaveCount(0);
});

test("a browser without WebGL draws with elements, whatever the setting", async ({
  playwright,
  launchOptions,
  server,
}) => {
  const args = [...(launchOptions.args ?? []), "--disable-3d-apis"];
  await using browser = await playwright.chromium.launch({ ...launchOptions, args });
  const page = await browser.newPage({ baseURL: server.origin });
  await wantWebgl(page);
  await new FakedConsolePage(page).openConnected("serial");
  expect(await page.evaluate(() => document.createElement("canvas").getContext("webgl2"))).toBeNull();
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  await expect(drawn(page)).toHaveCount(0);
});

test("an emoji takes two cells, as in Unicode 11", async ({ console, page, serial }) => {
  await console.openConnected("serial");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  // The third column is the one after the emoji.
  print(serial, "\r\u{1F9EA}|\u001B[3GX");
  await expect(page.locator(".xterm-rows")).toContainText("\u{1F9EA}X");
});

test("the arrows on the screen follow the machine's program", async ({ console, page, serial }) => {
  await console.openConnected("serial");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  await console.chooseMore("On-screen keys");
  const up = page.getByRole("region", { name: "On-screen keys" }).getByRole("button", { name: "Up" });
  const input = (): string => serial.connections.map((connection) => connection.input.toString()).join("");
  await up.click();
  await expect.poll(input).toBe("\u001B[A");
  print(serial, "\u001B[?1hfull screen");
  await expect(page.locator(".xterm-rows")).toContainText("full screen");
  await up.click();
  await expect.poll(input).toBe("\u001B[A\u001BOA");

  const keys = page.getByRole("region", { name: "On-screen keys" });
  const control = keys.getByRole("button", { name: "Ctrl", exact: true });
  await control.click();
  await expect(control).toHaveAttribute("aria-pressed", "true");
  await page.getByRole("textbox", { name: "Terminal of the machine" }).press("c");
  await keys.getByRole("button", { name: "Right" }).click();
  await control.click();
  await keys.getByRole("button", { name: "F10" }).click();
  await expect.poll(() => input().slice(6)).toBe("\u0003\u001B[1;5C\u001B[21~");
});

/** Takes minutes: on a busy machine a shorter paste is over before its end is asked for. */
const PASTED = 4_000_000;

test("a long paste shows how far it is, and stops at a button and at Ctrl + C, which reaches the machine", async ({
  console,
  page,
  serial,
}) => {
  await console.openConnected("serial");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  const input = (): string => serial.connections.map((connection) => connection.input.toString()).join("");
  const terminal = page.getByRole("textbox", { name: "Terminal of the machine" });
  const paste = async (): Promise<void> => {
    await terminal.evaluate((element, text) => {
      const clipboardData = new DataTransfer();
      clipboardData.setData("text/plain", text);
      element.dispatchEvent(new ClipboardEvent("paste", { clipboardData, bubbles: true, cancelable: true }));
    }, "x".repeat(PASTED));
    const question = page.getByRole("dialog", { name: "Paste this text?" });
    await expect(question).toContainText(`It has ${PASTED} characters.`);
    await question.getByRole("button", { name: "Paste" }).click();
  };
  await paste();
  const progress = page.getByRole("progressbar", { name: "Paste" });
  await expect(progress).toBeVisible();
  await inspect(page, "paste-progress");
  await page.getByRole("button", { name: "Stop" }).click();
  await expect(page.getByText("Pasting was stopped.")).toBeVisible();
  await expect(progress).toHaveCount(0);
  await expect(terminal).toBeFocused();

  await paste();
  await expect(progress).toBeVisible();
  await terminal.press("Control+c");
  await expect(progress).toHaveCount(0);
  await expect.poll(() => input().endsWith("\u0003")).toBe(true);
  expect(input().length).toBeLessThan(PASTED);
});

test("the size is shown, can be that of most machines, the bell flashes, and the terminal can be reset", async ({
  console,
  page,
  serial,
}) => {
  await console.openConnected("serial");
  const rows = page.locator(".xterm-rows > div");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  const size = page.getByRole("button", { name: /^Terminal size/ });
  await expect(size).toHaveText(new RegExp(`^\\d+ × ${await rows.count()}$`));
  await size.click();
  const menu = page.getByRole("menu", { name: "Terminal size" });
  await inspect(page, "menu-terminal-size");
  await menu.getByRole("menuitemradio", { name: "80 × 24" }).click();
  await expect(size).toHaveText("80 × 24");
  await expect(rows).toHaveCount(24);
  await page.evaluate(() => {
    const observer = new MutationObserver(() => document.body.toggleAttribute("data-test-rang", true));
    observer.observe(document.body, { attributeFilter: ["data-bell"] });
  });
  print(serial, "\u0007\u001B)0\u000E");
  await expect(page.locator("body[data-test-rang]")).toHaveCount(1);
  await console.chooseMore("Reset terminal");
  print(serial, "lqqk");
  await expect(page.locator(".xterm-rows")).toContainText("login: lqqk");
});

test("a right click never pastes by itself: it opens a menu, or copies what is selected", async ({
  console,
  page,
  context,
  serial,
}) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.addInitScript(() => {
    const prevented: boolean[] = [];
    Object.assign(globalThis, { prevented });
    // After the page's own listener on the window.
    addEventListener("contextmenu", (event) => setTimeout(() => prevented.push(event.defaultPrevented)));
  });
  const prevented = (): Promise<boolean[]> =>
    page.evaluate(() => (globalThis as unknown as { prevented: boolean[] }).prevented);
  const input = (): string => serial.connections.map((connection) => connection.input.toString()).join("");
  await console.openConnected("serial");
  const rows = page.locator(".xterm-rows");
  await expect(rows).toContainText("login:");
  await page.evaluate(() => navigator.clipboard.writeText("guest\n"));
  const screen = page.locator(".xterm-screen");
  const menu = page.getByRole("menu", { name: "Console actions" });
  const terminal = page.getByRole("textbox", { name: "Terminal of the machine" });
  await screen.click({ button: "right", modifiers: ["Shift"] });
  await expect.poll(prevented).toEqual([false]);
  await expect(menu).toHaveCount(0);

  await screen.click({ button: "right" });
  await expect(menu).toBeVisible();
  await expect(menu.getByRole("menuitem")).toHaveText([
    "Copy selection",
    "Paste",
    "Select all",
    "Clear screen",
    "Search",
  ]);
  await expect(menu.getByRole("menuitem", { name: "Copy selection" })).toHaveAttribute("aria-disabled", "true");
  await inspect(page, "menu-terminal");
  await page.keyboard.press("Escape");
  await expect(menu).toHaveCount(0);
  await expect(terminal).toBeFocused();
  expect(input()).toBe("");

  // A text that ends with Enter would run: it is asked about.
  await screen.click({ button: "right" });
  await menu.getByRole("menuitem", { name: "Paste" }).click();
  const question = page.getByRole("dialog", { name: "Paste this text?" });
  await expect(question).toContainText("It ends with a line break");
  expect(input()).toBe("");
  await question.getByRole("button", { name: "Paste" }).click();
  await expect(rows).toContainText("Password:");

  await screen.click({ button: "right" });
  await menu.getByRole("menuitem", { name: "Select all" }).click();
  await screen.click({ button: "right" });
  await expect(page.getByText("Copied.")).toBeVisible();
  await expect(menu).toHaveCount(0);
  expect(await page.evaluate(() => navigator.clipboard.readText())).toContain("Password:");

  // The program on the machine has the mouse.
  const sent = input().length;
  print(serial, "\u001B[?1000h\u001B[?1006hmouse");
  await expect(rows).toContainText("mouse");
  await terminal.press("x");
  await screen.click({ button: "right" });
  const report = /^x␛\[<2;\d+;\d+M␛\[<2;\d+;\d+m$/;
  await expect.poll(() => input().slice(sent).replaceAll("\u001B", "␛")).toMatch(report);
  await expect(menu).toHaveCount(0);
});

test("rows that come and go leave the terminal its size, and the cursor is never under them", async ({
  console,
  page,
  gateway,
  serial,
}) => {
  const opened = gateway.nextSession();
  await console.openConnected("serial");
  const rows = page.locator(".xterm-rows > div");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  const size = await rows.count();
  const cursor = page.locator(".xterm-cursor");
  const isUncovered = (): Promise<boolean> =>
    cursor.evaluate((element) => {
      const { left, top, height } = element.getBoundingClientRect();
      return document.elementFromPoint(left + 1, top + height / 2)?.closest(".screen") !== null;
    });
  (await opened).send({ type: "expiring", expiresInMs: 58_000 });
  await expect(page.getByRole("region", { name: "End of the session" })).toBeVisible();
  // The cursor is in the first line, where the warning is.
  await expect.poll(isUncovered).toBe(true);
  await console.chooseMore(/^Statistics/);
  await console.chooseMore("On-screen keys");
  await expect.poll(isUncovered).toBe(true);
  print(serial, "\r\n".repeat(size));
  await expect(page.locator(".xterm-rows")).not.toContainText("login:");
  await expect.poll(isUncovered).toBe(true);
  // What follows a change of the size would have happened by now: the cursor has moved since.
  expect(await rows.count()).toBe(size);
  await takeScreenshots(page, "terminal-covered");
});

test("the match that is selected stays while one types, and Enter goes on", async ({ console, page, serial }) => {
  await console.openConnected("serial");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  print(serial, "\r\nneedle one\r\nneedle two\r\nneed");
  await expect(page.locator(".xterm-rows")).toContainText("needle two");
  await page.keyboard.press("Control+Shift+F");
  const search = page.getByRole("searchbox", { name: "Search the terminal" });
  await search.pressSequentially("need");
  await expect(page.getByText("1 of 3")).toBeVisible();
  await search.pressSequentially("le");
  await expect(page.getByText("1 of 2")).toBeVisible();
  await search.fill("needle");
  await expect(page.getByText("1 of 2")).toBeVisible();
  await search.press("Enter");
  await expect(page.getByText("2 of 2")).toBeVisible();
  await page.getByRole("button", { name: "Match case" }).click();
  await expect(page.getByText("2 of 2")).toBeVisible();
});

test.describe("on a phone", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 360, height: 740 } });

  test("80 columns are reached by dragging, and the phone's keyboard leaves the terminal its size", async ({
    console,
    page,
    serial,
  }) => {
    await page.addInitScript(() => {
      localStorage.setItem("curfew.console.settings", '{"version":1,"terminalSize":"80x24"}');
    });
    await console.openConnected("serial");
    await expect(page.locator(".xterm-rows")).toContainText("login:");
    const host = page.locator("[data-curfew=serial]");
    const box = await host.boundingBox();
    if (box === null) throw new Error("the terminal is not on the page");
    const devTools = await page.context().newCDPSession(page);
    const drag = async (byX: number, byY: number): Promise<void> => {
      const at = { x: box.x + 200, y: box.y + 200 };
      await devTools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: [at] });
      for (const part of [0.25, 0.5, 0.75, 1]) {
        const touchPoints = [{ x: at.x + byX * part, y: at.y + byY * part }];
        await devTools.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints });
      }
      await devTools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
    };
    await drag(-150, 0);
    await expect.poll(() => host.evaluate(({ scrollLeft }) => scrollLeft)).toBeGreaterThan(50);
    print(serial, `\r\n${"line\r\n".repeat(30)}`);
    await expect(page.locator(".xterm-rows")).not.toContainText("login:");
    await drag(0, 400);
    await expect(page.locator(".xterm-rows")).toContainText("login:");

    await page.getByRole("button", { name: "More", exact: true }).tap();
    await page.getByRole("menuitemradio", { name: "Fit to window" }).tap();
    const rows = page.locator(".xterm-rows > div");
    await expect(rows).not.toHaveCount(24);
    const fitted = await rows.count();
    const cursor = page.locator(".xterm-cursor");
    await page.setViewportSize({ width: 360, height: 400 });
    await page.getByRole("textbox", { name: "Terminal of the machine" }).pressSequentially("guest\n");
    await expect(page.locator(".xterm-rows")).toContainText("Password:");
    expect(await rows.count()).toBe(fitted);
    await expect(cursor).toBeInViewport();
  });
});

for (const size of [9, 14, 28]) {
  test(`nothing of a letter is cut off at ${size} pixels, the underscore at its bottom neither`, async ({
    console,
    page,
    serial,
  }) => {
    await page.addInitScript((fontSize) => {
      localStorage.setItem("curfew.console.settings", JSON.stringify({ version: 1, fontSize }));
    }, size);
    await console.openConnected("serial");
    print(serial, "\r\n________\r\n");
    const row = page.locator(".xterm-rows > div").filter({ hasText: /^_+$/ });
    await expect(row).toBeVisible();
    const picture = (await row.screenshot()).toString("base64");
    const colors = await page.evaluate(async (png) => {
      const bytes = Uint8Array.from(atob(png), (character) => character.charCodeAt(0));
      const image = await createImageBitmap(new Blob([bytes]));
      const canvas = new OffscreenCanvas(image.width, image.height).getContext("2d");
      canvas?.drawImage(image, 0, 0);
      return new Set(new Uint32Array(canvas?.getImageData(0, 0, image.width, image.height).data.buffer ?? [])).size;
    }, picture);
    expect(colors).toBeGreaterThan(1);
  });
}
