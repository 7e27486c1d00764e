import { startFakeVnc } from "@curfew/testing";
import { expect, test } from "../src/fixtures/sdk-page.ts";

test("a console goes to full screen at a click, takes Escape for the machine, and leaves with its end", async ({
  page,
  gateway,
}) => {
  await using server = await startFakeVnc();
  gateway.follow({ target: server });
  const view = await page.evaluateHandle(async (url) => {
    const screen = document.querySelector<HTMLElement>("#screen");
    if (!screen) throw new Error("no screen");
    const vnc = new sdk.VncConsole(screen, { authorize: () => ({ url }) });
    await vnc.connect();
    const button = document.createElement("button");
    button.textContent = "Full screen";
    button.addEventListener("click", () => void vnc.requestFullscreen().then(() => vnc.focus()));
    document.body.append(button);
    return vnc;
  }, gateway.url);
  const shown = (): Promise<string | undefined> => page.evaluate(() => document.fullscreenElement?.id);
  await page.getByRole("button", { name: "Full screen" }).click();
  await expect.poll(shown).toBe("screen");
  await page.locator("canvas").press("Escape");
  await server.waitFor("key", ({ keysym, down }) => keysym === 0xff1b && down);
  expect(await shown()).toBe("screen");
  await view.evaluate((vnc) => vnc.close());
  await expect.poll(shown).toBeUndefined();
});
