import { createCipheriv } from "node:crypto";
import { connect } from "node:net";
import type { Socket } from "node:net";
import { expect, test, vi } from "vitest";
import { startLinuxSerialGuest, startQemuVnc, startTigerVnc } from "../../src/real/index.ts";
import type { LinuxSerialGuest, RealServer } from "../../src/real/index.ts";
import { TypedText } from "../../src/real/typed-text.ts";
import { watchLeftovers } from "./leftovers.ts";
import type { Watched } from "./leftovers.ts";
import { typeOverRfb } from "./type-over-rfb.ts";

/** Guests boot without hardware virtualisation. */
const TIMEOUT_MS = 120_000;

test(
  "a line typed into TigerVNC reaches the terminal, and stopping leaves nothing behind",
  { timeout: TIMEOUT_MS },
  async () => {
    await using watched = await watchLeftovers();
    await using server = await startTigerVnc({ width: 640, height: 400 });
    await typeOverRfb(server.port, "hello there");
    expect(await server.typed(/^hello there$/mu)).toBe("hello there");
    await expectGone(server, watched);
  },
);

test("TigerVNC with a password admits only clients that know it", { timeout: TIMEOUT_MS }, async () => {
  await using server = await startTigerVnc({ client: "none", password: "secret" });
  await typeOverRfb(server.port, "x", answerWith("secret"));
  await expect(typeOverRfb(server.port, "x", answerWith("guess"))).rejects.toThrow("refused the password");
});

test("several TigerVNC servers start at the same time on displays of their own", { timeout: TIMEOUT_MS }, async () => {
  const servers = await Promise.all([1, 2, 3].map(async () => startTigerVnc({ client: "none" })));
  try {
    expect(new Set(servers.map(({ display }) => display)).size).toBe(servers.length);
    expect(new Set(servers.map(({ port }) => port)).size).toBe(servers.length);
  } finally {
    await Promise.all(servers.map(async (server) => server.stop()));
  }
});

test(
  "a line typed into QEMU's screen reaches the guest, and a machine that powers itself off leaves nothing behind",
  { timeout: TIMEOUT_MS },
  async () => {
    await using watched = await watchLeftovers();
    await using server = await startQemuVnc();
    expect(await typeOverRfb(server.port, "echo seen")).toContain("QEMU");
    expect(await server.typed(/^echo seen$/mu)).toBe("echo seen");
    await typeOverRfb(server.port, "poweroff -f");
    await server.exited;
    await expectGone(server, watched);
    expect(server.stderr()).toBe("");
  },
);

test(
  "QEMU shows its firmware without any guest, and stopping leaves nothing behind",
  { timeout: TIMEOUT_MS },
  async () => {
    await using watched = await watchLeftovers();
    await using server = await startQemuVnc({ guest: "bios" });
    expect(await typeOverRfb(server.port, "")).toContain("QEMU");
    await expectGone(server, watched);
  },
);

test(
  "one logs in to the serial guest and reads a command's output, and stopping leaves nothing behind",
  { timeout: TIMEOUT_MS },
  async () => {
    await using watched = await watchLeftovers();
    await using guest = await startLinuxSerialGuest({ hostname: "node7", password: "it's me" });
    const socket = connect(guest.port, guest.host);
    const said = await logIn(socket, guest);
    socket.write("echo $((6 * 7)) on $(hostname)\n");
    expect(await said.match(/^42 on .*(?=\r$)/mu)).toBe("42 on node7");
    socket.destroy();
    await expectGone(guest, watched);
  },
);

test("a kernel that is not there is named in the error, and nothing stays", { timeout: TIMEOUT_MS }, async () => {
  await using watched = await watchLeftovers();
  await expect(startLinuxSerialGuest({ kernel: "/nowhere/vmlinuz" })).rejects.toThrow("/nowhere/vmlinuz");
  expect(await watched.files()).toEqual([]);
  expect(await watched.programs()).toEqual([]);
});

/** Logs in on a serial console, and returns what it says from the beginning. */
async function logIn(socket: Socket, guest: LinuxSerialGuest): Promise<TypedText> {
  const said = new TypedText(socket);
  socket.write("\n");
  await said.match(new RegExp(`Linux .* on ${guest.hostname}, console /dev/ttyS0\\s+${guest.hostname} login: `, "u"));
  socket.write(`${guest.user}\n`);
  await said.match(/Password: /u);
  socket.write(`${guest.password}\n`);
  await said.match(/# /u);
  return said;
}

async function expectGone(server: RealServer, watched: Watched): Promise<void> {
  await server.stop();
  await expect(typeOverRfb(server.port, "")).rejects.toThrow("ECONNREFUSED");
  expect(await watched.files()).toEqual([]);
  // The shell in a terminal leaves when it hears that the terminal has: a moment later.
  await vi.waitFor(async () => {
    expect(await watched.programs()).toEqual([]);
  });
}

/** The answer of VNC authentication: the challenge under DES, with each byte of the key mirrored (RFC 6143, 7.2.2). */
function answerWith(password: string): (challenge: Buffer) => Buffer {
  const key = Buffer.alloc(8);
  key.write(password);
  const mirrored = key.map((byte) =>
    Number.parseInt(byte.toString(2).padStart(8, "0").split("").toReversed().join(""), 2),
  );
  const cipher = createCipheriv("des-ede3-ecb", Buffer.concat([mirrored, mirrored, mirrored]), null);
  cipher.setAutoPadding(false);
  return (challenge) => Buffer.concat([cipher.update(challenge), cipher.final()]);
}
