import { expect, test } from "vitest";
import { parseConfig } from "../config/schema.ts";
import { CONSOLES, createConsoles } from "./index.ts";

const KEY = Buffer.from([4, 1, 0, 0, 0, 0, 0, 97]);
const UPDATE_REQUEST = Buffer.from([3, 1, 0, 0, 0, 0, 0, 9, 0, 9]);

test("on a VNC console the user's input counts, and not what the viewer sends by itself", () => {
  const input = CONSOLES.vnc.createUserInput();
  expect(input.take(Buffer.from("RFB 003.008\n\x01\x01"))).toBe(false);
  expect(input.take(UPDATE_REQUEST)).toBe(false);
  expect(input.take(KEY)).toBe(true);
});

test("each VNC connection is parsed for itself", () => {
  const [first, second] = [CONSOLES.vnc.createUserInput(), CONSOLES.vnc.createUserInput()];
  first.take(Buffer.from("RFB 003.008\n"));
  expect(second.take(Buffer.from("RFB 003.008\n\x01\x01"))).toBe(false);
  expect(second.take(UPDATE_REQUEST)).toBe(false);
});

test("on a serial console everything is input that a user does", () => {
  const input = CONSOLES.serial.createUserInput();
  expect(input.take(UPDATE_REQUEST)).toBe(true);
  expect(input.take(Buffer.alloc(0))).toBe(false);
});

test("on a SPICE console each channel is parsed for itself", () => {
  const [first, second] = [CONSOLES.spice.createUserInput(), CONSOLES.spice.createUserInput()];
  expect(first).not.toBe(second);
});

test("without auth_schemes VNC has no handshake of the gateway's own", () => {
  const ignore = (): void => {};
  expect(createConsoles(parseConfig({}).vnc, false, ignore).vnc).toBe(CONSOLES.vnc);
  expect(CONSOLES.vnc).toMatchObject({ handshake: [] });
  expect(CONSOLES.vnc.negotiate).toBeUndefined();
  expect(
    createConsoles(parseConfig({ vnc: { auth_schemes: ["none"] } }).vnc, false, ignore).vnc.negotiate,
  ).toBeDefined();
});
