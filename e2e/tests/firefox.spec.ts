import { type FakeSerialServer, type FakeVncServer, startFakeSerial, startFakeVnc } from "@curfew/testing";
import type { Browser, Page } from "puppeteer-core";
import { hasFirefox, launchFirefox } from "../src/browsers/firefox.ts";
import { CONSOLE_TYPES, CONSOLE_TYPE_TRAITS, type ElementType } from "../src/console-types.ts";
import { expect, test } from "../src/fixtures/shared-servers.ts";
import { GatewayProcess } from "../src/servers/gateway-process.ts";

/** What the page was told, in order: `told`. */
declare global {
  var told: string[];
}

interface Machine {
  readonly server: FakeVncServer | FakeSerialServer;
  readonly heardK: () => Promise<unknown>;
}

/** Starts a fake machine, with a promise that the key k reached it. */
const machines: Readonly<Record<ElementType, () => Promise<Machine>>> = {
  vnc: async () => {
    const server = await startFakeVnc();
    return { server, heardK: () => server.waitFor("key", ({ keysym, down }) => keysym === 0x6b && down) };
  },
  serial: async () => {
    const server = await startFakeSerial();
    return { server, heardK: () => server.waitFor("input", ({ bytes }) => bytes.includes("k")) };
  },
};

interface Opening {
  readonly type: ElementType;
  readonly url: string;
  readonly tokens: readonly [first: string, second: string];
}

/** Opens a console in the page that renews itself once, at the warning. */
async function open(page: Page, { type, ...opening }: Opening): Promise<void> {
  await page.evaluate(
    async ({ sdkClass, url, tokens }) => {
      globalThis.told = [];
      const screen = document.querySelector<HTMLElement>("#screen");
      if (!screen) throw new Error("no screen");
      const options = { authorize: () => ({ url, token: tokens[0] }), renew: () => tokens[1], warnBeforeMs: 4000 };
      const view = new sdk[sdkClass](screen, options);
      const { connection } = view;
      connection.on("expiring", () => told.push("expiring"));
      connection.on("expiring", () => void connection.renew(), { once: true });
      connection.on("renewed", () => told.push("renewed"));
      connection.on("closed", ({ reason, code }) => told.push(`${reason} ${code}`));
      await view.connect();
      told.push("connected");
      view.focus();
    },
    { sdkClass: CONSOLE_TYPE_TRAITS[type].sdkClass, ...opening },
  );
}

test.describe("Firefox", () => {
  test.skip(!hasFirefox, "Firefox is not installed");

  let firefox: Browser;
  let gateway: GatewayProcess;
  test.beforeAll(async ({ bundledPages }) => {
    firefox = await launchFirefox();
    gateway = await GatewayProcess.start({
      console: { allowed_origins: [bundledPages.origin] },
      sessions: { warn_before: [4] },
    });
  });
  test.afterAll(async () => {
    await firefox.close();
    await gateway[Symbol.asyncDispose]();
  });

  for (const type of CONSOLE_TYPES) {
    test(`opens a ${type} console, types, is warned, renews and sees the end`, async ({ bundledPages }) => {
      const machine = await machines[type]();
      await using server = machine.server;
      const page = await firefox.newPage();
      await page.goto(`${bundledPages.origin}/sdk/`);
      await page.waitForFunction(() => "sdk" in globalThis);
      const request = { type, target: server.address, instance: "vm-1" } as const;
      const [first, second] = await Promise.all([
        gateway.issue({ ...request, ttl: 15 }),
        gateway.issue({ ...request, ttl: 20 }),
      ]);
      await open(page, { type, url: gateway.socketUrl, tokens: [first.token, second.token] });
      await page.keyboard.type("k");
      await machine.heardK();
      const connection = await server.waitForConnection();
      const { by } = await connection.closed;
      expect(by).toBe("client");
      expect(Date.now()).toBeGreaterThanOrEqual(second.expiresAt);
      await expect.poll(() => page.evaluate(() => told.at(-1))).toBe("session_expired 4100");
      expect(await page.evaluate(() => told)).toEqual([
        "connected",
        "expiring",
        "renewed",
        "expiring",
        "session_expired 4100",
      ]);
      expect(await page.evaluate(() => document.querySelectorAll("#screen > *, canvas").length)).toBe(0);
      await page.close();
    });
  }
});
