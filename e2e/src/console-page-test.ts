import { type FakeSerialServer, type FakeVncServer, startFakeSerial, startFakeVnc } from "@curfew/testing";
import { expect, type Locator, test as base } from "@playwright/test";
import { ConsolePage } from "./console-page.ts";
import { startPageServer } from "./page-server.ts";
import { ScriptedGateway } from "./scripted-gateway.ts";
import type { SocketServer } from "./web-server.ts";

/** What the links of these tests open a console with, to be looked for where it must not be. */
export const token = "marker-token-4711";

/** The console page of a scripted gateway. Addresses are relative to that gateway. */
export class ScriptedConsolePage extends ConsolePage {
  /** Opens a link with the {@link token}. */
  async openLink(query = "?name=web-03", path = "/console/"): Promise<void> {
    await this.page.goto(`${path}${query}#token=${token}`);
  }

  /** Opens a console and waits for its picture or text. */
  async openConnected(type: "vnc" | "serial", query = ""): Promise<void> {
    await this.openLink(`?type=${type}&name=web-03${query}`);
    await this.waitFor("connected");
  }

  /** What the page shows in the console's place. */
  get card(): Locator {
    return this.page.getByRole("main").locator("section");
  }

  /** Moves the keyboard from the console to the bar. */
  async goToBar(): Promise<void> {
    await this.page.keyboard.press("Control+Alt+Shift");
    await expect(this.page.getByRole("toolbar").locator(":focus")).toHaveCount(1);
  }

  /** Has a page that reconnects do so at once, unless it does by itself meanwhile. */
  async tryNow(): Promise<void> {
    const button = this.page.getByRole("button", { name: "Try now" });
    await button.click({ timeout: 2_000 }).catch(() => {});
    await this.waitFor("connected");
  }

  /** Chooses an item of the More menu. */
  async chooseMore(item: string | RegExp): Promise<void> {
    await this.page.getByRole("button", { name: "More", exact: true }).click();
    await this.page.getByRole("menu", { name: "More" }).getByText(item, { exact: true }).click();
  }
}

export interface ConsolePageFixtures {
  readonly gateway: ScriptedGateway;
  readonly vnc: FakeVncServer;
  readonly serial: FakeSerialServer;
  readonly console: ScriptedConsolePage;
  /** Errors of the page and breaches of its Content-Security-Policy. At the end there must be none. */
  readonly faults: string[];
}

/** Tests of the console page, with a gateway that does what the test says, and fake machines of the test's own. */
export const test = base.extend<ConsolePageFixtures, { readonly server: SocketServer }>({
  server: [
    async ({}, use) => {
      await using server = await startPageServer();
      await use(server);
    },
    { scope: "worker" },
  ],
  baseURL: ({ server }, use) => use(server.origin),
  gateway: ({ server }, use) => use(new ScriptedGateway(server)),
  vnc: async ({}, use) => {
    await using vnc = await startFakeVnc({ size: { width: 1024, height: 768 }, name: "desktop" });
    await use(vnc);
  },
  serial: async ({}, use) => {
    await using serial = await startFakeSerial();
    await use(serial);
  },
  console: ({ page }, use) => use(new ScriptedConsolePage(page)),
  faults: [
    async ({ page }, use) => {
      const faults: string[] = [];
      page.on("pageerror", ({ message }) => faults.push(message));
      page.on("console", (message) => {
        if (/content security policy/i.test(message.text())) faults.push(message.text());
      });
      await use(faults);
      expect(faults).toEqual([]);
    },
    { auto: true },
  ],
});
export { expect } from "@playwright/test";
