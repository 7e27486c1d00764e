import { startFakeVnc } from "@curfew/testing";
import { ScriptedGateway } from "../src/scripted-gateway.ts";
import { expect, test } from "../src/sdk-page/test.ts";

test("a console goes to full screen at a click, takes Escape for the machine, and leaves with its end", async ({
  page,
  sdkPage,
}) => {
  await using server = await startFakeVnc();
  new ScriptedGateway(sdkPage).follow({ target: server.address });
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
  }, sdkPage.socketUrl);
  const shown = (): Promise<string | undefined> => page.evaluate(() => document.fullscreenElement?.id);
  await page.getByRole("button", { name: "Full screen" }).click();
  await expect.poll(shown).toBe("screen");
  await page.locator("canvas").press("Escape");
  await server.waitFor("key", ({ keysym, down }) => keysym === 0xff1b && down);
  expect(await shown()).toBe("screen");
  await view.evaluate((vnc) => vnc.close());
  await expect.poll(shown).toBeUndefined();
});
