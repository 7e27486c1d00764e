import { expectAccessible } from "../src/audits/accessibility.ts";
import { expect, FakedConsolePage, test } from "../src/fixtures/console-page.ts";
import { takeScreenshots } from "../src/screenshots/take-screenshots.ts";

test.beforeEach(({ gateway, vnc }) => {
  gateway.follow({ target: vnc });
});

async function openSettings(console: FakedConsolePage): Promise<void> {
  await console.chooseMore(/^Settings/);
  await expect(console.page.getByRole("dialog", { name: "Settings" })).toBeVisible();
}

test("settings hold at once and the next time, and no token is among them", async ({ console, page }) => {
  await console.openConnected("vnc");
  await openSettings(console);
  await page.getByLabel("Appearance").selectOption("dark");
  await page.getByLabel("Image quality").fill("9");
  await expect(page.locator("html")).toHaveCSS("color-scheme", "dark");
  await expectAccessible(page, ".screen");
  await takeScreenshots(page, "dialog-settings");
  const kept = await page.evaluate(() => JSON.stringify(Object.entries(localStorage)));
  expect(kept).toContain("dark");
  expect(kept).not.toContain("marker-token");

  await page.goto("about:blank");
  await console.openConnected("vnc");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  await openSettings(console);
  await expect(page.getByLabel("Image quality")).toHaveValue("9");
  await page.getByRole("button", { name: "Reset" }).click();
  await expect(page.getByLabel("Image quality")).toHaveValue("6");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "system");
});

test("two tabs keep what was chosen in each, and follow each other", async ({ console, page, context }) => {
  const other = new FakedConsolePage(await context.newPage());
  await console.openConnected("vnc");
  await other.openConnected("vnc");
  await openSettings(console);
  await page.getByLabel("Image quality").fill("9");
  await openSettings(other);
  await other.page.getByLabel("Appearance").selectOption("dark");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
  const kept = await page.evaluate(() => localStorage.getItem("curfew.console.settings"));
  expect(JSON.parse(kept ?? "")).toEqual({ version: 1, quality: 9, theme: "dark" });
});

test("a blocked storage breaks nothing", async ({ console, page }) => {
  await page.addInitScript(() => {
    Object.defineProperty(globalThis, "localStorage", {
      get() {
        throw new DOMException("blocked", "SecurityError");
      },
    });
  });
  await console.openConnected("vnc");
  await openSettings(console);
  await page.getByLabel("Appearance").selectOption("light");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "light");
});

test("nonsense in the storage gives the defaults", async ({ console, page }) => {
  await page.addInitScript(() =>
    localStorage.setItem("curfew.console.settings", '{"version":1,"theme":5,"quality":[]}'),
  );
  await console.openConnected("vnc");
  await expect(page.locator("html")).toHaveAttribute("data-theme", "system");
});

test("a terminal's text size and colors follow the settings", async ({ console, page, gateway, serial }) => {
  gateway.follow({ target: serial });
  await console.openConnected("serial");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  const height = (): Promise<number> =>
    page
      .locator(".xterm-rows > div")
      .first()
      .evaluate((row) => row.getBoundingClientRect().height);
  const before = await height();
  await page.getByRole("button", { name: "Larger text" }).click();
  await expect.poll(height).toBeGreaterThan(before);
  await openSettings(console);
  await page.getByLabel("Terminal colors").selectOption("dark");
  await expect(page.locator(".xterm-scrollable-element")).toHaveCSS("background-color", "rgb(16, 20, 24)");
});

test("what Enter and Backspace send, the encoding, and whether typing is shown here, are the user's choice", async ({
  console,
  page,
  gateway,
  serial,
}) => {
  gateway.follow({ target: serial });
  await console.openConnected("serial");
  const rows = page.locator(".xterm-rows");
  await expect(rows).toContainText("login:");
  await page.keyboard.type("guest\r");
  await expect(rows).toContainText("Password:");
  await openSettings(console);
  await page.getByLabel("Enter sends").selectOption("crlf");
  await page.getByLabel("Show typed text (local echo)").check();
  await page.getByLabel("Backspace sends").selectOption("bs");
  await page.getByLabel("Character encoding").selectOption("cp437");
  await page.keyboard.press("Escape");
  // Asking for a password, the machine sends nothing back.
  await page.keyboard.type("seen\r");
  await expect(rows).toContainText("Password: seen");
  await serial.waitFor("input", ({ bytes }) => bytes.includes("\r\n"));
  await page.keyboard.press("Backspace");
  await serial.waitFor("input", ({ bytes }) => bytes.includes("\b"));
  await page.keyboard.type("é");
  await serial.waitFor("input", ({ bytes }) => bytes.includes(0x82));
});

test("screen readers get the terminal's text if the user wants it, from the next opening", async ({
  console,
  page,
  gateway,
  serial,
}) => {
  gateway.follow({ target: serial });
  await console.openConnected("serial");
  await expect(page.locator(".xterm-rows")).toContainText("login:");
  await openSettings(console);
  await page.getByLabel("Screen reader support").check();
  await takeScreenshots(page, "dialog-settings-serial");
  await page.keyboard.press("Escape");
  const read = page.locator(".xterm").getByRole("listitem").filter({ hasText: "login:" });
  await expect(read).toHaveCount(0);
  await page.getByRole("button", { name: "Disconnect" }).click();
  await page.getByRole("button", { name: "Open again" }).click();
  await console.waitFor("connected");
  await expect(read).toHaveCount(1);
});

test.describe("the screen", () => {
  test("is kept on while connected if the user wants it", async ({ console, page }) => {
    await page.addInitScript(() => {
      const calls: string[] = [];
      Object.assign(globalThis, { wakeLockCalls: calls });
      const request = (type: string): Promise<object> => {
        calls.push(type);
        return Promise.resolve({ release: () => Promise.resolve(calls.push("released")) });
      };
      Object.defineProperty(navigator, "wakeLock", { value: { request } });
    });
    const calls = (): Promise<string[]> =>
      page.evaluate(() => (globalThis as unknown as { wakeLockCalls: string[] }).wakeLockCalls);
    await console.openConnected("vnc");
    expect(await calls()).toEqual([]);
    await openSettings(console);
    await page.getByLabel("Keep this screen on while connected").check();
    await expect.poll(calls).toEqual(["screen"]);
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Disconnect" }).click();
    await expect.poll(calls).toEqual(["screen", "released"]);
  });
});

for (const [language, connected, screen] of [
  ["de", "Verbunden", "Bildschirm der Maschine"],
  ["fr", "Connecté", "Écran de la machine"],
  ["es", "Conectado", "Pantalla de la máquina"],
  ["ja", "接続済み", "マシンの画面"],
  ["zh-Hans", "已连接", "机器的屏幕"],
] as const) {
  test(`the link chooses the language: ${language}`, async ({ console, page }) => {
    const fetched: string[] = [];
    page.on("request", (request) => fetched.push(new URL(request.url()).pathname));
    await console.openConnected("vnc", `&lang=${language}`);
    await expect(page.locator("html")).toHaveAttribute("lang", language);
    await expect(page.getByRole("banner").getByRole("status")).toHaveText(connected);
    await expect(page.getByRole("application", { name: screen })).toBeFocused();
    // The page's, those of the SDK's toolbar, and those that all consoles share.
    await expect.poll(() => fetched.filter((path) => /\/(?:en|de|fr|es|ja|zh-hans)-/.test(path))).toHaveLength(3);
    expect(fetched.filter((path) => /xterm|serial-/.test(path))).toEqual([]);
    await takeScreenshots(page, `connected-${language}`);
  });
}

test("keys have the names that keyboards of the language have", async ({ console, page }) => {
  await console.openConnected("vnc", "&lang=de");
  await console.goToBar();
  await page.keyboard.press("?");
  await expect(page.getByRole("dialog")).toContainText("Strg + Alt + Umschalt");
  await expect(page.getByRole("dialog")).toContainText("← → Pos1 Ende");
});

test.describe("without a word in the link", () => {
  test.use({ locale: "fr-CA" });

  test("the browser chooses the language, unless the user did, unless the link does", async ({ console, page }) => {
    await console.openConnected("vnc");
    await expect(page.locator("html")).toHaveAttribute("lang", "fr");
    await page.evaluate(() => localStorage.setItem("curfew.console.settings", '{"version":1,"language":"ja"}'));
    await page.goto("about:blank");
    await console.openConnected("vnc");
    await expect(page.locator("html")).toHaveAttribute("lang", "ja");
    await page.goto("about:blank");
    await console.openConnected("vnc", "&lang=de");
    await expect(page.locator("html")).toHaveAttribute("lang", "de");
  });
});
