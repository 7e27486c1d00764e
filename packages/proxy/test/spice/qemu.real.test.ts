import { type QemuSpice, startQemuSpice } from "@curfew/testing/real";
import { constants, createPublicKey, publicEncrypt } from "node:crypto";
import { afterAll, beforeAll, expect, test } from "vitest";
import { HandClock } from "../support/clock.ts";
import { TestGateway } from "../support/gateway.ts";
import { SpiceViewer } from "../support/spice-client.ts";

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

test("QEMU: one session, keys reach the machine, and every channel ends at the deadline", async () => {
  const clock = new HandClock();
  await using gateway = await TestGateway.start({ clock });
  const { token } = await gateway.token(`${machine.host}:${machine.port}`, { type: "spice" });
  using viewer = await SpiceViewer.open(gateway.host, token, { ticket });
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
