import type { CDPSession } from "@playwright/test";
import { CONSOLE_TYPES, CONSOLE_TYPE_TRAITS } from "../src/console-types.ts";
import { expect, test } from "../src/fixtures/sdk-page.ts";

const ROUNDS = 500;
/** Caches of the browser and of the viewers are filled by then. */
const WARM_UP_ROUNDS = 20;

/** What the browser itself counts, once all garbage is gone. */
async function count(cdp: CDPSession): Promise<Record<"JSEventListeners" | "Nodes" | "JSHeapUsedSize", number>> {
  await cdp.send("Performance.enable");
  // Weak references and finalizers release the rest only after a first collection.
  for (let round = 0; round < 3; round += 1) await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const value = (name: string): number => metrics.find((metric) => metric.name === name)?.value ?? Number.NaN;
  return {
    JSEventListeners: value("JSEventListeners"),
    Nodes: value("Nodes"),
    JSHeapUsedSize: value("JSHeapUsedSize"),
  };
}

for (const type of CONSOLE_TYPES) {
  test(`${ROUNDS} openings and ends of a ${type} console leave nothing in the page`, async ({ page, cdp, gateway }) => {
    test.setTimeout(300_000);
    const { sdkClass, startMachine } = CONSOLE_TYPE_TRAITS[type];
    await using server = await startMachine();
    gateway.follow({ target: server });
    const rounds = (count: number): Promise<void> =>
      page.evaluate(
        async ({ sdkClass, url, count }) => {
          const screen = document.querySelector<HTMLElement>("#screen");
          if (!screen) throw new Error("no screen");
          for (let round = 0; round < count; round += 1) {
            const options = { authorize: () => ({ url }), clipboardSync: true };
            const view = new sdk[sdkClass](screen, options);
            await view.connect();
            await view.close();
          }
          // The last view's own frames and timers have run by then.
          await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve)));
        },
        { sdkClass, url: gateway.url, count },
      );
    await rounds(WARM_UP_ROUNDS);
    const before = await count(cdp);
    await rounds(ROUNDS);
    // The browser may have kept something of the last view for a moment, in either count. A leak stays, and is 500 times that.
    await expect(async () => {
      const after = await count(cdp);
      expect(after.JSEventListeners).toBeLessThanOrEqual(before.JSEventListeners);
      expect(after.Nodes).toBeLessThanOrEqual(before.Nodes);
      // Compiled code and the like: a kept view would be a hundred times that.
      expect((after.JSHeapUsedSize - before.JSHeapUsedSize) / ROUNDS).toBeLessThan(8192);
    }).toPass({ timeout: 20_000 });
    expect(await page.locator("#screen > *, canvas").count()).toBe(0);
  });
}
