import type { Page } from "@playwright/test";
import { CONSOLE_TYPES } from "../src/console-types.ts";
import { expect, test } from "../src/fixtures/console-page.ts";

test.beforeEach(({ gateway, vnc }) => {
  gateway.follow({ target: vnc });
});

test("hiding the warning gives the keyboard back to the console", async ({ console, page, gateway }) => {
  const opened = gateway.nextSession();
  await console.openConnected("vnc");
  (await opened).send({ type: "expiring", expiresInMs: 58_000 });
  await page.getByRole("button", { name: "Hide", exact: true }).focus();
  await page.keyboard.press("Enter");
  await expect(page.locator("canvas")).toBeFocused();
});

test("the grip leaves the keyboard where it goes on: in the bar, or after a click in the console", async ({
  console,
  page,
}) => {
  await console.openConnected("vnc");
  const grip = page.getByRole("button", { name: "Show the bar" });
  await console.chooseMore(/^Hide the bar/);
  await grip.focus();
  await page.keyboard.press("Enter");
  await expect(page.getByRole("toolbar").locator(":focus")).toBeVisible();
  await console.chooseMore(/^Hide the bar/);
  await grip.click();
  await expect(page.locator("canvas")).toBeFocused();
});

test("a ring around the console shows that it has the keyboard, also with a hidden bar", async ({ console, page }) => {
  await console.openConnected("vnc");
  await console.chooseMore(/^Hide the bar/);
  await expect(page.locator("canvas")).toBeFocused();
  const ring = (): Promise<string> =>
    page.locator(".stage").evaluate((stage) => {
      const { content, borderTopWidth } = getComputedStyle(stage, "::after");
      return `${content} ${borderTopWidth}`;
    });
  await expect.poll(ring).toMatch(/^"" [12]px$/);
  await page.locator("canvas").blur();
  await expect.poll(ring).toMatch(/^none /);
});

test("a dialog that was open over a reconnection gives the keyboard to the new picture", async ({
  console,
  page,
  gateway,
}) => {
  const opened = gateway.nextSession();
  await console.openConnected("vnc");
  await console.chooseMore(/^Keys and gestures/);
  await expect(page.getByRole("dialog")).toBeVisible();
  const again = gateway.nextSession();
  (await opened).drop();
  await again;
  await console.waitFor("connected");
  await page.keyboard.press("Escape");
  await expect(page.locator("canvas")).toBeFocused();
});

test("a dialog that closes over a card gives the keyboard to the card", async ({ console, page, gateway }) => {
  const opened = gateway.nextSession();
  await console.openConnected("vnc");
  await console.chooseMore(/^Keys and gestures/);
  await expect(page.getByRole("dialog")).toBeVisible();
  gateway.follow({ hello: false });
  (await opened).drop();
  await console.waitFor("connecting");
  await page.keyboard.press("Escape");
  await expect(console.card.locator(":focus")).toBeVisible();
});

for (const type of CONSOLE_TYPES) {
  test(`the keyboard stays on the button of the same name from attempt to attempt, and goes back to ${type}`, async ({
    console,
    page,
    gateway,
    vnc,
    serial,
  }) => {
    const target = { vnc, serial }[type].address;
    gateway.follow({ target });
    const opened = gateway.nextSession();
    await console.openConnected(type);
    gateway.follow({ refuse: "server_draining" });
    (await opened).end("server_draining");
    await console.waitFor("reconnecting");
    await expect(console.card.getByRole("heading")).toBeFocused();
    const tryNow = page.getByRole("button", { name: "Try now" });
    const cancel = page.getByRole("button", { name: "Cancel" });
    for (const button of [tryNow, cancel]) {
      await button.focus();
      const attempts = gateway.sessions.length;
      await expect.poll(() => gateway.sessions.length, { timeout: 30_000 }).toBeGreaterThan(attempts);
      await console.waitFor("reconnecting");
      await expect(button).toBeFocused();
    }
    gateway.follow({ target });
    await console.tryNow();
    await expect(page.locator(".screen :focus")).toHaveCount(1);
  });
}

/** Listeners of the window for a change of its size, which open menus have. */
function countResizeListeners(page: Page): Promise<number> {
  return page.evaluate(() => (globalThis as unknown as { resizeListeners: Set<unknown> }).resizeListeners.size);
}

test("an open menu goes with the console, and leaves nothing", async ({ console, page, gateway, vnc }) => {
  await page.addInitScript(() => {
    const resizeListeners = new Set<unknown>();
    Object.assign(globalThis, { resizeListeners });
    for (const [method, note] of [
      ["addEventListener", "add"],
      ["removeEventListener", "delete"],
    ] as const) {
      window[method] = new Proxy(window[method], {
        apply(target, self: unknown, args: [string, unknown]) {
          if (args[0] === "resize") resizeListeners[note](args[1]);
          Reflect.apply(target, self ?? window, args);
        },
      });
    }
  });
  const opened = gateway.nextSession();
  await console.openConnected("vnc");
  const before = await countResizeListeners(page);
  const menu = page.getByRole("menu", { name: "Send keys" });
  const open = async (): Promise<void> => {
    await page.getByRole("button", { name: "Send keys" }).click();
    await expect(menu.getByRole("menuitem").first()).toBeFocused();
    expect(await countResizeListeners(page)).toBe(before + 1);
  };
  await open();
  // Without `hello` the page does not connect again before its other state is seen.
  gateway.follow({ target: vnc, hello: false });
  const again = gateway.nextSession();
  (await opened).drop();
  const connection = await again;
  await console.waitFor("connecting");
  await expect(menu).toBeHidden();
  connection.hello();
  await console.waitFor("connected");
  await open();
  connection.end("session_expired");
  await console.waitFor("ended");
  await expect(menu).toHaveCount(0);
  await expect.poll(() => countResizeListeners(page)).toBe(before);
});
