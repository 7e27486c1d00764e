import type { FakeVncServer } from "@curfew/testing";
import type { Locator, Page } from "@playwright/test";
import { expect, test } from "../src/fixtures/console-page.ts";
import { takeScreenshots } from "../src/screenshots/take-screenshots.ts";
import { inspect } from "../src/audits/inspect-page.ts";

test.beforeEach(({ gateway, vnc }) => {
  gateway.follow({ target: vnc });
});

const control = 0xffe3;
const shift = 0xffe1;

test.describe("a held modifier", () => {
  const hold = (page: Page): Locator => page.getByRole("menuitemcheckbox", { name: "Hold down: Ctrl" });

  test.beforeEach(async ({ console, page, vnc }) => {
    await console.openConnected("vnc");
    await page.getByRole("button", { name: "Send keys" }).click();
    await hold(page).click();
    await vnc.waitFor("key", (key) => key.keysym === control && key.down);
  });

  for (const [target, type] of [
    ["window", "blur"],
    ["document", "visibilitychange"],
  ] as const) {
    test(`is shown, and released at ${type}, when the page loses the focus`, async ({ page, vnc }) => {
      await page.getByRole("button", { name: "Send keys" }).click();
      await expect(hold(page)).toHaveAttribute("aria-checked", "true");
      if (type === "blur") await inspect(page, "menu-held");
      await page.evaluate(([on, name]) => globalThis[on].dispatchEvent(new Event(name)), [target, type] as const);
      await vnc.waitFor("key", (key) => key.keysym === control && !key.down);
    });
  }

  test("is released with the connection", async ({ page, gateway }) => {
    const again = gateway.nextSession();
    gateway.sessions[0]?.drop();
    await again;
    await expect(page.getByText("Reconnected.")).toBeVisible();
    await page.getByRole("button", { name: "Send keys" }).click();
    await expect(hold(page)).toHaveAttribute("aria-checked", "false");
  });
});

test.describe("a held modifier stays held", () => {
  for (const [name, item, keysym, act] of [
    [
      "a combination that has it",
      "Hold down: Ctrl",
      control,
      (page: Page) => page.getByRole("button", { name: "Send Ctrl + Alt + Del" }).click(),
    ],
    ["the same key of the user's own", "Hold down: Shift", shift, (page: Page) => page.keyboard.press("Shift+A")],
  ] as const) {
    test(`after ${name}`, async ({ console, page, vnc }) => {
      await console.openConnected("vnc");
      await page.getByRole("button", { name: "Send keys" }).click();
      await page.getByRole("menuitemcheckbox", { name: item }).click();
      await vnc.waitFor("key", (key) => key.keysym === keysym && key.down);
      vnc.clearReceived();
      await act(page);
      const presses = (): boolean[] =>
        vnc
          .received("key")
          .filter((key) => key.keysym === keysym)
          .map(({ down }) => down);
      await expect.poll(presses).toEqual([true, false, true]);
    });
  }
});

test("text is typed without what was held", async ({ console, page, vnc }) => {
  await console.openConnected("vnc");
  await page.getByRole("button", { name: "Send keys" }).click();
  const item = page.getByRole("menuitemcheckbox", { name: "Hold down: Ctrl" });
  await item.click();
  await page.getByRole("button", { name: "Text and clipboard" }).click();
  await page.getByLabel("Text for the machine").fill("w");
  await page.getByRole("button", { name: "Type text" }).click();
  await vnc.waitFor("key", ({ keysym }) => keysym === code("w"));
  const keys = vnc.received("key");
  const released = keys.findIndex(({ keysym, down }) => keysym === control && !down);
  expect(released).toBeGreaterThan(-1);
  expect(released).toBeLessThan(keys.findIndex(({ keysym }) => keysym === code("w")));
  await page.getByRole("button", { name: "Send keys" }).click();
  await expect(item).toHaveAttribute("aria-checked", "false");
});

test("combinations go to the machine, SysRq and the function keys too", async ({ console, page, vnc }) => {
  await console.openConnected("vnc");
  for (const [name, keysym] of [
    ["Ctrl + Alt + F12", 0xffc9],
    ["Alt + SysRq", 0xff15],
    ["Print Screen", 0xff61],
    ["Alt + Tab", 0xff09],
  ] as const) {
    await page.getByRole("button", { name: "Send keys" }).click();
    await page.getByRole("menuitem", { name, exact: true }).click();
    await vnc.waitFor("key", (key) => key.keysym === keysym && !key.down);
  }
});

test("the user's clipboard is inserted and set on the machine", async ({ console, page, context, vnc }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await console.openConnected("vnc");
  await page.evaluate(() => navigator.clipboard.writeText("over there"));
  await page.getByRole("button", { name: "Text and clipboard" }).click();
  await page.getByRole("button", { name: "Insert your clipboard" }).click();
  await expect(page.getByLabel("Text for the machine")).toHaveValue("over there");
  await page.getByRole("button", { name: "Set clipboard" }).click();
  await vnc.waitFor("clipboard", ({ text }) => text === "over there");
});

test("what is copied on the machine is shown and can be copied here", async ({ console, page, context, vnc }) => {
  await context.grantPermissions(["clipboard-read", "clipboard-write"]);
  await console.openConnected("vnc");
  vnc.sendClipboard("from over there");
  const dialog = page.getByRole("dialog", { name: "Text and clipboard" });
  const received = dialog.getByLabel("Copied on the machine");
  await expect(async () => {
    await page.getByRole("button", { name: "Text and clipboard" }).click();
    try {
      await expect(received).toHaveValue("from over there", { timeout: 500 });
    } catch (error) {
      // The dialog shows what has come by the time it opens.
      await page.keyboard.press("Escape");
      throw error;
    }
  }).toPass();
  await expect(received).not.toBeEditable();
  await inspect(page, "dialog-clipboard");
  await dialog.getByRole("button", { name: "Copy to your clipboard" }).click();
  await expect(page.getByText("Copied.", { exact: true })).toBeVisible();
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe("from over there");
});

test("a screenshot is a PNG named after the machine", async ({ console, page }) => {
  await console.openConnected("vnc");
  const download = page.waitForEvent("download");
  await page.getByRole("button", { name: "Save screenshot" }).click();
  expect((await download).suggestedFilename()).toMatch(/^web-03 .*\.png$/);
});

test("the menu More and the keys on the screen", async ({ console, page }) => {
  await console.openConnected("vnc");
  await console.chooseMore("On-screen keys");
  await inspect(page, "screen-keys");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await inspect(page, "menu-more");
});

test("view only, switched on by hand, sends nothing and takes the sending tools away", async ({
  console,
  page,
  vnc,
}) => {
  await console.openConnected("vnc");
  await console.chooseMore("View only");
  await expect(page.getByRole("button", { name: "Send keys" })).toBeHidden();
  vnc.clearReceived();
  await page.locator("canvas").click();
  await page.keyboard.press("a");
  await console.chooseMore("View only");
  await page.keyboard.press("b");
  await vnc.waitFor("key", (key) => key.keysym === 0x62);
  expect(vnc.received("key").filter((key) => key.keysym === 0x61)).toEqual([]);
});

test("view only, switched on by hand, is named in the bar, asks nothing on leaving, and ends with the session", async ({
  console,
  page,
}) => {
  await console.openConnected("vnc");
  const tag = page.getByRole("banner").getByText("View only", { exact: true }).and(page.locator(".tag"));
  const asks = (): Promise<boolean> =>
    page.evaluate(() => !dispatchEvent(new Event("beforeunload", { cancelable: true })));
  await expect(tag).toBeHidden();
  expect(await asks()).toBe(true);
  await console.chooseMore("View only");
  await expect(tag).toBeVisible();
  expect(await asks()).toBe(false);
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("button", { name: "Open again" }).click();
  await console.waitFor("connected");
  await expect(page.getByRole("button", { name: "Send keys" })).toBeVisible();
  await expect(tag).toBeHidden();
  expect(await asks()).toBe(true);
});

test("statistics tell of bytes and frames", async ({ console, page }) => {
  await console.openConnected("vnc");
  await console.chooseMore(/^Statistics/);
  const row = page.getByRole("region", { name: "Statistics" });
  await expect(row).toContainText(/Received[\d.,]+ (?:B|kB|MB)/);
  await expect(row).toContainText("Frames per second");
  await inspect(page, "statistics");
  await row.getByRole("button", { name: "Close" }).click();
  await expect(row).toHaveCount(0);
});

test("the bar hides, comes back at its grip, and gives way to the warning", async ({ console, page, gateway }) => {
  const opened = gateway.nextSession();
  await console.openConnected("vnc");
  const bar = page.getByRole("banner");
  await console.chooseMore(/^Hide the bar/);
  await expect(bar).toBeHidden();
  await takeScreenshots(page, "bar-hidden");
  await page.getByRole("button", { name: "Show the bar" }).click();
  await expect(bar).toBeVisible();
  await console.chooseMore(/^Hide the bar/);
  (await opened).send({ type: "expiring", expiresInMs: 58_000 });
  await expect(bar).toBeVisible();
  await expect(page.getByText("This session ends in").first()).toBeVisible();
});

test("at 360 pixels everything is reachable", async ({ console, page }) => {
  await page.setViewportSize({ width: 360, height: 740 });
  await console.openConnected("vnc");
  for (const button of await page.getByRole("toolbar").getByRole("button").all()) {
    if (!(await button.isVisible())) continue;
    const box = await button.boundingBox();
    expect(box === null ? 999 : box.x + box.width).toBeLessThanOrEqual(360);
  }
  await page.getByRole("button", { name: "More", exact: true }).click();
  for (const name of ["Save screenshot", "Actual size", "Full screen", "Settings"]) {
    await expect(page.getByRole("menu", { name: "More" }).getByText(name, { exact: true })).toBeVisible();
  }
});

for (const size of [
  { width: 360, height: 640 },
  { width: 640, height: 360 },
]) {
  test(`menus end on the screen at ${size.width} x ${size.height}`, async ({ console, page }) => {
    await page.setViewportSize(size);
    await console.openConnected("vnc");
    for (const name of ["Send keys", "More"]) {
      await page.getByRole("button", { name, exact: true }).click();
      const menu = page.getByRole("menu", { name });
      await expect(menu.locator(":focus")).toBeVisible();
      const box = await menu.boundingBox();
      expect(box === null ? Infinity : box.y + box.height).toBeLessThanOrEqual(size.height);
      await page.keyboard.press("Escape");
    }
  });
}

test.describe("by touch", () => {
  test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 780 } });

  test("the row of keys holds modifiers and types, corrections of the screen keyboard included", async ({
    console,
    page,
    vnc,
  }) => {
    await console.openConnected("vnc");
    const row = page.getByRole("region", { name: "On-screen keys" });
    await row.getByRole("button", { name: "Ctrl" }).tap();
    await vnc.waitFor("key", (key) => key.keysym === control && key.down);
    await expect(row.getByRole("button", { name: "Ctrl" })).toHaveAttribute("aria-pressed", "true");
    await row.getByRole("button", { name: "Ctrl" }).tap();
    await row.getByRole("button", { name: "Esc" }).tap();
    await vnc.waitFor("key", (key) => key.keysym === 0xff1b);

    await row.getByRole("button", { name: "On-screen keyboard" }).tap();
    const field = page.getByRole("textbox", { name: "On-screen keyboard" });
    await expect(field).toBeFocused();
    vnc.clearReceived();
    const type = async (text: string): Promise<void> => {
      await field.evaluate((node: HTMLTextAreaElement, value) => {
        node.value = node.value.replaceAll(/[^_]/g, "") + value;
        node.dispatchEvent(new InputEvent("input"));
      }, text);
    };
    await type("teh");
    await type("the");
    const pressed = (): number[] => vnc.received("key").flatMap((key) => (key.down ? [key.keysym] : []));
    await expect.poll(pressed).toEqual(Array.from("teh", code).concat([0xff08, 0xff08], Array.from("he", code)));
  });

  test("the row of keys comes back with the connection, and goes with the session", async ({
    console,
    page,
    gateway,
    vnc,
  }) => {
    const opened = gateway.nextSession();
    await console.openConnected("vnc");
    const row = page.getByRole("region", { name: "On-screen keys" });
    await expect(row).toBeVisible();
    gateway.follow({ refuse: "server_draining" });
    (await opened).end("server_draining");
    await console.waitFor("reconnecting");
    await expect(row).toBeHidden();
    gateway.follow({ target: vnc });
    await console.waitFor("connected");
    await expect(row).toBeVisible();
    await console.chooseMore("Disconnect");
    await console.waitFor("ended");
    await expect(row).toHaveCount(0);
  });

  test("what an input method composes arrives as it was accepted", async ({ console, page, context, vnc }) => {
    await console.openConnected("vnc");
    const row = page.getByRole("region", { name: "On-screen keys" });
    await row.getByRole("button", { name: "On-screen keyboard" }).tap();
    const field = page.getByRole("textbox", { name: "On-screen keyboard" });
    await expect(field).toBeFocused();
    vnc.clearReceived();
    const devTools = await context.newCDPSession(page);
    for (const text of ["に", "にh", "にほ", "にほん"]) {
      await devTools.send("Input.imeSetComposition", { text, selectionStart: text.length, selectionEnd: text.length });
    }
    await devTools.send("Input.insertText", { text: "日本" });
    await expect.poll(() => onTheMachine(vnc)).toBe("日本");
    // One that is given up leaves nothing.
    await devTools.send("Input.imeSetComposition", { text: "ご", selectionStart: 1, selectionEnd: 1 });
    await expect.poll(() => onTheMachine(vnc)).toBe("日本ご");
    await devTools.send("Input.imeSetComposition", { text: "", selectionStart: 0, selectionEnd: 0 });
    await expect.poll(() => onTheMachine(vnc)).toBe("日本");
    await page.keyboard.press("Enter");
    await vnc.waitFor("key", (key) => key.keysym === 0xff0d);
  });
});

/** What a text field on the machine holds after the keys that came. */
function onTheMachine(vnc: FakeVncServer): string {
  let text: string[] = [];
  for (const { keysym, down } of vnc.received("key")) {
    if (!down) continue;
    if (keysym === 0xff08) text = text.slice(0, -1);
    // Keysyms of characters outside of Latin-1 are their code points, and a bit (X11, appendix A).
    else text.push(String.fromCodePoint(keysym >= 0x1000000 ? keysym - 0x1000000 : keysym));
  }
  return text.join("");
}

function code(character: string): number {
  return character.codePointAt(0) ?? 0;
}

test("a link asks for a shared or an exclusive console", async ({ console, vnc }) => {
  await console.openConnected("vnc");
  await console.openConnected("vnc", "&shared=0");
  expect(vnc.received("clientInit").map(({ shared }) => shared)).toEqual([true, false]);
});
