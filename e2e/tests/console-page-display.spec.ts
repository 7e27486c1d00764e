import { startFakeVnc } from "@curfew/testing";
import { startTigerVnc } from "@curfew/testing/real";
import type { Page } from "@playwright/test";
import { expect, test } from "../src/fixtures/console-page.ts";
import { test as enforced } from "../src/fixtures/gateway.ts";

async function chooseDisplay(page: Page, name: string): Promise<void> {
  await page.getByRole("button", { name: "Display", exact: true }).click();
  await page.getByRole("menu", { name: "Display" }).getByText(name, { exact: true }).click();
}

enforced(
  "TigerVNC: the machine's screen takes the size of the window, and follows it",
  async ({ console, page, gateway }) => {
    await using desktop = await startTigerVnc({ width: 800, height: 600 });
    await console.open((await gateway.issue({ type: "vnc", target: `127.0.0.1:${desktop.port}`, ttl: 300 })).url);
    await console.waitFor("connected");
    const picture = (): Promise<readonly number[]> =>
      console.canvas.evaluate((canvas: HTMLCanvasElement) => [canvas.width, canvas.height]);
    const room = (): Promise<readonly number[]> =>
      page.locator(".screen").evaluate((screen) => [screen.clientWidth, screen.clientHeight]);
    await expect.poll(picture).toEqual([800, 600]);
    await chooseDisplay(page, "Resize the machine’s screen");
    for (const size of [
      { width: 1280, height: 800 },
      { width: 1000, height: 700 },
    ]) {
      await page.setViewportSize(size);
      await expect(async () => {
        const [width, height] = await room();
        expect(width).toBe(size.width);
        expect(await picture()).toEqual([width, height]);
      }).toPass({ timeout: 20_000 });
    }
  },
);

test("a picture larger than the window is moved by dragging, at actual size", async ({ console, page, gateway }) => {
  await using vnc = await startFakeVnc({ size: { width: 2000, height: 1500 } });
  gateway.follow({ target: vnc });
  await console.openConnected("vnc");
  await chooseDisplay(page, "Actual size");
  await chooseDisplay(page, "Drag to move the view");
  const box = await page.locator("canvas").boundingBox();
  if (box === null) throw new Error("no picture");
  const { mouse } = page;
  await mouse.move(box.x + 600, box.y + 400);
  await mouse.down();
  await mouse.move(box.x + 450, box.y + 350, { steps: 4 });
  await mouse.move(box.x + 300, box.y + 300, { steps: 4 });
  await mouse.up();
  expect(vnc.received("pointer").filter(({ buttons }) => buttons !== 0)).toEqual([]);
  // A click without a drag is the machine's.
  await mouse.click(box.x + 100, box.y + 50);
  const { x, y } = await vnc.waitFor("pointer", ({ buttons }) => buttons === 1);
  expect([x, y]).toEqual([400, 150]);
});

test("dragging the picture is for actual size only: elsewhere the machine gets every drag", async ({
  console,
  page,
  gateway,
}) => {
  await using vnc = await startFakeVnc({ size: { width: 2000, height: 1500 } });
  gateway.follow({ target: vnc });
  await console.openConnected("vnc");
  const drag = page.getByRole("menuitemcheckbox", { name: "Drag to move the view" });
  const display = page.getByRole("button", { name: "Display", exact: true });
  await display.click();
  await expect(drag).toBeDisabled();
  await drag.click({ force: true });
  await expect(drag).toBeVisible();
  await page.keyboard.press("Escape");
  await chooseDisplay(page, "Actual size");
  await chooseDisplay(page, "Drag to move the view");
  await chooseDisplay(page, "Fit to window");
  const { mouse } = page;
  await mouse.move(600, 400);
  await mouse.down();
  await mouse.move(700, 450, { steps: 4 });
  await mouse.up();
  // Dragged with, not only clicked at the end.
  const { x } = await vnc.waitFor("pointer", ({ buttons }) => buttons === 1);
  await vnc.waitFor("pointer", (pointer) => pointer.buttons === 1 && pointer.x > x);

  await page.setViewportSize({ width: 360, height: 740 });
  await console.chooseMore("Actual size");
  await console.chooseMore("Drag to move the view");
  await page.getByRole("button", { name: "More", exact: true }).click();
  await expect(
    page.getByRole("menu", { name: "More" }).getByRole("menuitemcheckbox", { name: "Drag to move the view" }),
  ).toBeChecked();
});
