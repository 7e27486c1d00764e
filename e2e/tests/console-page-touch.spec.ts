import type { CDPSession, Page } from "@playwright/test";
import { expect, test } from "../src/fixtures/console-page.ts";
import { takeScreenshots } from "../src/screenshots/take-screenshots.ts";

test.use({ hasTouch: true, isMobile: true, viewport: { width: 390, height: 780 } });

interface Point {
  readonly x: number;
  readonly y: number;
}

interface Box extends Point {
  readonly width: number;
  readonly height: number;
}

/** The machine's screen, in pixels. */
const SCREEN = { width: 640, height: 480 };

/** Fingers on the page, by DevTools. */
class Fingers {
  readonly #devTools: CDPSession;

  private constructor(devTools: CDPSession) {
    this.#devTools = devTools;
  }

  static async on(page: Page): Promise<Fingers> {
    return new Fingers(await page.context().newCDPSession(page));
  }

  /** Moves fingers in a straight line each; those that stay tap. */
  async move(...paths: readonly { readonly from: Point; readonly by?: Point }[]): Promise<void> {
    const at = (part: number): Point[] =>
      paths.map(({ from, by = { x: 0, y: 0 } }) => ({ x: from.x + by.x * part, y: from.y + by.y * part }));
    await this.#devTools.send("Input.dispatchTouchEvent", { type: "touchStart", touchPoints: at(0) });
    for (const part of paths.some(({ by }) => by) ? [0.2, 0.4, 0.6, 0.8, 1] : []) {
      await this.#devTools.send("Input.dispatchTouchEvent", { type: "touchMove", touchPoints: at(part) });
    }
    await this.#devTools.send("Input.dispatchTouchEvent", { type: "touchEnd", touchPoints: [] });
  }
}

async function pictureOn(page: Page): Promise<Box> {
  const box = await page.locator("canvas").first().boundingBox();
  if (box === null) throw new Error("there is no picture");
  return box;
}

test.beforeEach(({ gateway, vnc }) => {
  gateway.follow({ target: vnc });
});

test("as a trackpad, a finger moves the pointer, taps click there, two fingers scroll and zoom", async ({
  console,
  page,
  vnc,
}) => {
  await console.openConnected("vnc");
  await page.getByRole("button", { name: "More", exact: true }).tap();
  await page.getByRole("menuitemcheckbox", { name: "Use touch as a trackpad" }).tap();
  const fingers = await Fingers.on(page);
  const before = await pictureOn(page);
  vnc.clearReceived();

  await fingers.move({ from: { x: 100, y: 300 }, by: { x: 100, y: 80 } });
  const scale = SCREEN.width / before.width;
  const at = { x: SCREEN.width / 2 + 100 * scale, y: SCREEN.height / 2 + 80 * scale };
  const isThere = ({ x, y }: Point): boolean => Math.abs(x - at.x) < 3 && Math.abs(y - at.y) < 3;
  await vnc.waitFor("pointer", isThere);
  expect(vnc.received("pointer").filter(({ buttons }) => buttons !== 0)).toEqual([]);

  await fingers.move({ from: { x: 50, y: 200 } });
  await vnc.waitFor("pointer", (event) => event.buttons === 1 && isThere(event));
  await fingers.move({ from: { x: 100, y: 400 } }, { from: { x: 200, y: 400 } });
  await vnc.waitFor("pointer", (event) => event.buttons === 4 && isThere(event));
  await fingers.move(
    { from: { x: 100, y: 500 }, by: { x: 0, y: -140 } },
    { from: { x: 200, y: 500 }, by: { x: 0, y: -140 } },
  );
  await vnc.waitFor("pointer", (event) => event.buttons === 16 && isThere(event));

  await fingers.move(
    { from: { x: 180, y: 400 }, by: { x: -120, y: 0 } },
    { from: { x: 240, y: 400 }, by: { x: 120, y: 0 } },
  );
  await expect.poll(async () => (await pictureOn(page)).width / before.width).toBeGreaterThan(2);
  expect(vnc.received("key")).toEqual([]);
  await takeScreenshots(page, "zoomed-trackpad");
});

test("two fingers enlarge the picture on this screen and move it; a tap meets what is under it", async ({
  console,
  page,
  vnc,
}) => {
  await console.openConnected("vnc");
  const fingers = await Fingers.on(page);
  const before = await pictureOn(page);
  vnc.clearReceived();
  const middle = before.y + before.height / 2;
  await fingers.move(
    { from: { x: 170, y: middle }, by: { x: -100, y: 0 } },
    { from: { x: 220, y: middle }, by: { x: 100, y: 0 } },
  );
  await expect.poll(async () => (await pictureOn(page)).width / before.width).toBeGreaterThan(2);
  const enlarged = await pictureOn(page);
  await fingers.move(
    { from: { x: 100, y: middle }, by: { x: 80, y: 60 } },
    { from: { x: 200, y: middle }, by: { x: 80, y: 60 } },
  );
  await expect.poll(async () => (await pictureOn(page)).x - enlarged.x).toBeGreaterThan(40);
  expect(vnc.received("pointer")).toEqual([]);
  expect(vnc.received("key")).toEqual([]);

  const moved = await pictureOn(page);
  await fingers.move({ from: { x: 150, y: middle } });
  const { x, y } = await vnc.waitFor("pointer", ({ buttons }) => buttons === 1);
  expect(x).toBeCloseTo(((150 - moved.x) / moved.width) * SCREEN.width, -1);
  expect(y).toBeCloseTo(((middle - moved.y) / moved.height) * SCREEN.height, -1);
});
