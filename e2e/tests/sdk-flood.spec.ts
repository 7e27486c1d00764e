import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Readable } from "node:stream";
import { startPictureFlood } from "../src/servers/image-flood.ts";
import { expect, test } from "../src/fixtures/sdk-page.ts";

const MEBIBYTE = 1024 * 1024;
const TOTAL_BYTES = 100_000_000;
/** Every character in a color of its own: little text, much to parse. */
const line = Buffer.from(`${"\u001B[38;2;200;30;60ma\u001B[0mb".repeat(40)}\r\n`.repeat(60));

/** As much output as a machine can give, in order, and a last line. */
function* output(): Generator<Buffer> {
  for (let sent = 0; sent < TOTAL_BYTES; sent += line.length) yield line;
  yield Buffer.from("\r\nthe end");
}

/** Behaves like a tab in the background: timers run once a second, and messages arrive as usual. */
const throttleTimers = (): void => {
  const { setTimeout } = globalThis;
  const slowly = (run: () => void, ms = 0): unknown => setTimeout(run, Math.max(ms, throttled ? 1000 : 0));
  let throttled = true;
  Object.assign(globalThis, { setTimeout: slowly, unthrottle: () => (throttled = false) });
};

interface PrivateRfb {
  readonly _handleMessage: () => void;
  readonly _sock: { rQlen(): number };
}

/** Records after each message how much noVNC buffers, which it does not report itself. */
const watchNoVnc = (): void => {
  const { prototype } = sdk.RFB as unknown as { readonly prototype: PrivateRfb };
  const { _handleMessage: handle } = prototype;
  globalThis.mostKeptByNoVnc = 0;
  Object.assign(prototype, {
    _handleMessage(this: PrivateRfb): void {
      const { _sock: queue } = this;
      handle.call(this);
      globalThis.mostKeptByNoVnc = Math.max(globalThis.mostKeptByNoVnc, queue.rQlen());
    },
  });
};

declare global {
  var unthrottle: () => void;
  var mostKeptByNoVnc: number;
}

test("100 MB of serial output in one go neither stop the page nor fill its memory", async ({ page, cdp, gateway }) => {
  test.setTimeout(300_000);
  const machine = createServer((socket) => {
    // A page that gives up resets the connection, and says so itself.
    socket.on("error", () => {});
    Readable.from(output()).pipe(socket, { end: false });
  });
  machine.listen(0, "127.0.0.1");
  await once(machine, "listening");
  gateway.follow({ target: `127.0.0.1:${(machine.address() as AddressInfo).port}` });
  await page.evaluate(throttleTimers);
  const view = await page.evaluateHandle(async (url) => {
    const screen = document.querySelector<HTMLElement>("#screen");
    if (!screen) throw new Error("no screen");
    const serial = new sdk.SerialConsole(screen, { authorize: () => ({ url }), reconnect: false });
    await serial.connect();
    return serial;
  }, gateway.url);
  const received = (): Promise<number> => view.evaluate((serial) => serial.connection.statistics().bytesReceived);
  await gateway.waitFor("pause");
  expect(await received()).toBeLessThan(16 * MEBIBYTE);

  await page.evaluate(() => unthrottle());
  let highest = 0;
  const atEnd = async (): Promise<boolean> => {
    // Each look is an answer of the page: one that hung would give none.
    const { usedSize, backingStorageSize } = await cdp.send("Runtime.getHeapUsage");
    highest = Math.max(highest, usedSize + backingStorageSize);
    return await view.evaluate((serial) => serial.transcript().endsWith("the end"));
  };
  await expect.poll(atEnd, { timeout: 270_000 }).toBe(true);
  expect(await view.evaluate((serial) => serial.state.status)).toBe("connected");
  expect(await received()).toBeGreaterThan(TOTAL_BYTES);
  expect(highest).toBeLessThan(100 * MEBIBYTE);
  await view.evaluate((serial) => serial.close());
  machine.close();
});

test("100 MB of pictures in one go neither stop the page nor fill its memory", async ({ page, cdp, gateway }) => {
  test.setTimeout(300_000);
  using machine = await startPictureFlood(TOTAL_BYTES, [200, 30, 60]);
  gateway.follow({ target: machine.address });
  await page.evaluate(watchNoVnc);
  const view = await page.evaluateHandle(async (url) => {
    const screen = document.querySelector<HTMLElement>("#screen");
    if (!screen) throw new Error("no screen");
    const vnc = new sdk.VncConsole(screen, { authorize: () => ({ url }), reconnect: false });
    await vnc.connect();
    return vnc;
  }, gateway.url);
  let highest = 0;
  const color = async (): Promise<number[]> => {
    // Each look is an answer of the page: one that hung would give none.
    const { usedSize, backingStorageSize } = await cdp.send("Runtime.getHeapUsage");
    highest = Math.max(highest, usedSize + backingStorageSize);
    return await view.evaluate(async (vnc) => {
      const bitmap = await createImageBitmap(await vnc.screenshot());
      const context = new OffscreenCanvas(bitmap.width, bitmap.height).getContext("2d");
      context?.drawImage(bitmap, 0, 0);
      return [...(context?.getImageData(64, 64, 1, 1).data.slice(0, 3) ?? [])];
    });
  };
  await expect.poll(color, { timeout: 270_000, intervals: [50] }).toEqual([200, 30, 60]);
  expect(await view.evaluate((vnc) => vnc.state.status)).toBe("connected");
  expect(await view.evaluate((vnc) => vnc.statistics().bytesReceived)).toBeGreaterThan(TOTAL_BYTES);
  const kept = await page.evaluate(() => mostKeptByNoVnc);
  expect(gateway.received("pause").length).toBeGreaterThan(0);
  expect(kept).toBeGreaterThan(0);
  expect(kept).toBeLessThan(MEBIBYTE);
  expect(highest).toBeLessThan(100 * MEBIBYTE);
  await view.evaluate((vnc) => vnc.close());
});
