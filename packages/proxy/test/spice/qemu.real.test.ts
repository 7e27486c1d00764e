import { type QemuSpice, startQemuSpice } from "@curfew/testing/real";
import { constants, createPublicKey, publicEncrypt } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HandClock } from "../support/clock.ts";
import { TestGateway } from "../support/gateway.ts";
import { SpiceViewer } from "../support/spice-client.ts";

/** `SPICE_MSGC_DISPLAY_INIT`: the sizes of the caches. */
const DISPLAY_INIT = 101;
const KEY_DOWN = 101;
const KEY_UP = 102;

/** Keys of a PC keyboard (scan codes, set 1). */
const KEY_W = 0x11;
const KEY_ENTER = 0x1c;

let machine: QemuSpice;
beforeAll(async () => void (machine = await startQemuSpice()), 180_000);
afterAll(async () => await machine.stop());

/** The empty password, as RSA-OAEP encrypts it. */
function ticket(key: Buffer): Buffer {
  const publicKey = createPublicKey({ key, format: "der", type: "spki" });
  return publicEncrypt(
    { key: publicKey, padding: constants.RSA_PKCS1_OAEP_PADDING, oaepHash: "sha1" },
    Buffer.from("\0"),
  );
}

/** Opens channels as viewers do. Until the display channel has its sizes, QEMU does nothing else, for up to 30 s. */
async function openViewer(gateway: TestGateway, token: string): Promise<SpiceViewer> {
  const viewer = await SpiceViewer.open(gateway.host, token, { ticket });
  viewer.display.say(DISPLAY_INIT, Buffer.alloc(14));
  return viewer;
}

test("QEMU: one session, keys reach the machine, and every channel ends at the deadline", async () => {
  const clock = new HandClock();
  await using gateway = await TestGateway.start({ clock });
  const { token } = await gateway.token(`${machine.host}:${machine.port}`, { type: "spice" });
  using viewer = await openViewer(gateway, token);
  expect(viewer.main.number).not.toBe(0);
  expect(gateway.held()).toEqual({ sessions: 1, closing: 0, deadlines: 1 });

  // Two keys at a time: the keyboard that QEMU emulates forgets what does not fit into its queue of 16 bytes.
  for (const code of [KEY_W, KEY_ENTER]) {
    viewer.inputs.say(KEY_DOWN, Buffer.from([code, 0, 0, 0]));
    viewer.inputs.say(KEY_UP, Buffer.from([code | 0x80, 0, 0, 0]));
  }
  expect(await machine.typed(/^w$/m)).toBe("w");

  clock.now += 60_000;
  const end = { code: 4100, reason: "session_expired" };
  expect(await viewer.closed()).toEqual([end, end, end]);
  await gateway.proxy.sessions.idle();
  expect(gateway.endReasons()).toEqual(["session_expired"]);
  expect(gateway.held()).toEqual({ sessions: 0, closing: 0, deadlines: 0 });
});

test("QEMU: a second client takes the console over, and the session of the first ends", async () => {
  await using gateway = await TestGateway.start();
  const { token } = await gateway.token(`${machine.host}:${machine.port}`, { type: "spice" });
  using first = await openViewer(gateway, token);
  using second = await openViewer(gateway, token);
  expect(second.main.number).not.toBe(first.main.number);
  const end = { code: 1000, reason: "target_closed" };
  expect(await first.closed()).toEqual([end, end, end]);
  await expect.poll(() => gateway.held()).toEqual({ sessions: 1, closing: 0, deadlines: 1 });
  expect(gateway.proxy.sessions.list()[0]?.channels).toHaveLength(3);
  expect(gateway.endReasons()).toEqual(["target_closed"]);
});
