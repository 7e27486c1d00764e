import { once } from "node:events";
import { type AddressInfo, createServer } from "node:net";
import { Readable } from "node:stream";
import { ScriptedGateway } from "../src/scripted-gateway.ts";
import { expect, test } from "../src/sdk-page/test.ts";

const MEBIBYTE = 1024 * 1024;
const TOTAL_BYTES = 100_000_000;
const line = Buffer.from(`${"all work and no play ".repeat(4)}\r\n`.repeat(700));

/** As much output as a machine can give, in order, and a last line. */
function* output(): Generator<Buffer> {
  for (let sent = 0; sent < TOTAL_BYTES; sent += line.length) yield line;
  yield Buffer.from("\r\nthe end");
}

test("100 MB of serial output in one go neither stop the page nor fill its memory", async ({ page, cdp, sdkPage }) => {
  test.setTimeout(180_000);
  const machine = createServer((socket) => Readable.from(output()).pipe(socket, { end: false }));
  machine.listen(0, "127.0.0.1");
  await once(machine, "listening");
  new ScriptedGateway(sdkPage).follow({ target: `127.0.0.1:${(machine.address() as AddressInfo).port}` });
  const view = await page.evaluateHandle(async (url) => {
    const screen = document.querySelector<HTMLElement>("#screen");
    if (!screen) throw new Error("no screen");
    const serial = new sdk.SerialConsole(screen, { authorize: () => ({ url }), reconnect: false });
    await serial.connect();
    return serial;
  }, sdkPage.socketUrl);
  let highest = 0;
  const atEnd = async (): Promise<boolean> => {
    // Each look is an answer of the page: one that hung would give none.
    const { usedSize } = await cdp.send("Runtime.getHeapUsage");
    highest = Math.max(highest, usedSize);
    return await view.evaluate((serial) => serial.transcript().endsWith("the end"));
  };
  await expect.poll(atEnd, { timeout: 150_000 }).toBe(true);
  expect(await view.evaluate((serial) => serial.state.status)).toBe("connected");
  expect(await view.evaluate((serial) => serial.connection.statistics().bytesReceived)).toBeGreaterThan(TOTAL_BYTES);
  expect(highest).toBeLessThan(100 * MEBIBYTE);
  await view.evaluate((serial) => serial.close());
  machine.close();
});
