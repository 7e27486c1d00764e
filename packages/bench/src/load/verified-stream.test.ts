import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";
import { expect, test } from "vitest";
import { StreamVerifier, sendRandom } from "./verified-stream.ts";

const TOTAL = 3_000_000;

/** Sends over a real socket; the received bytes pass through `tamper`. */
async function transfer(tamper: (bytes: Buffer) => Buffer): Promise<boolean> {
  const verifier = new StreamVerifier();
  const server = createServer((socket: Socket) => {
    socket.on("data", (bytes) => verifier.take(tamper(bytes)));
  }).listen(0, "127.0.0.1");
  await once(server, "listening");
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  const [sent] = await Promise.all([sendRandom(socket, TOTAL, (payload) => payload), verifier.received(TOTAL)]);
  socket.destroy();
  server.close();
  expect(verifier.bytes).toBe(TOTAL);
  return verifier.digest() === sent;
}

test("an unchanged stream has the same hash", async () => {
  expect(await transfer((bytes) => bytes)).toBe(true);
});

test("a changed bit or another order changes the hash", async () => {
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
