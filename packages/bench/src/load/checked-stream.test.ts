import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { expect, test } from "vitest";
import { Receipt, sendRandom } from "./checked-stream.ts";

const TOTAL = 3_000_000;

/** Sends over a real socket; what arrives passes through `tamper`. */
async function transfer(tamper: (bytes: Buffer) => Buffer): Promise<boolean> {
  const receipt = new Receipt();
  const server = createServer((socket: Socket) => {
    socket.on("data", (bytes) => receipt.take(tamper(bytes)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [sent] = await Promise.all([sendRandom(socket, TOTAL, (payload) => payload), receipt.has(TOTAL)]);
  socket.destroy();
  server.close();
  expect(receipt.received).toBe(TOTAL);
  return receipt.digest() === sent;
}

test("what arrives as it was sent agrees", async () => {
  expect(await transfer((bytes) => bytes)).toBe(true);
});

test("one changed bit, and bytes in another order, do not", async () => {
  let done = false;
  const flip = (bytes: Buffer): Buffer => {
    const copy = Buffer.from(bytes);
    if (!done) copy[0] = (copy[0] ?? 0) ^ 1;
    done = true;
    return copy;
  };
  expect(await transfer(flip)).toBe(false);
  expect(await transfer((bytes) => Buffer.from(bytes.toReversed()))).toBe(false);
});
