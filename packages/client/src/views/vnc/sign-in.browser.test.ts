import { describe, expect, test, vi } from "vitest";
import { answer, vncFixture } from "../../../test/vnc-fixture.ts";
import type { VncOptions } from "./options.ts";

const { create, nextSocket } = vncFixture();

type Ask = NonNullable<VncOptions["onCredentialsRequired"]>;
const ascii = (text: string): number[] => [...new TextEncoder().encode(text)];

/** The console's end, after the server has sent `output`, message by message. */
async function endAfter(...output: (readonly number[])[]): Promise<unknown> {
  const vnc = create({ onCredentialsRequired: async () => ({}) });
  const opened = nextSocket();
  const connecting = vnc.connect().catch((error: unknown) => (error as { closeInfo: unknown }).closeInfo);
  const socket = await opened;
  await Promise.resolve();
  socket.accept();
  socket.session.hello(60_000);
  const last = output.at(-1) ?? [];
  for (const data of output.slice(0, -1)) {
    const sent = socket.sent.length;
    socket.deliver(data);
    await vi.waitUntil(() => socket.sent.length > sent);
  }
  socket.deliver(last);
  return connecting;
}

describe("a wrong password", () => {
  test("is asked for again over a new connection, and what was accepted is not asked for any more", async () => {
    const ask = vi.fn<Ask>(async (_types, { rejected }) => ({ password: rejected ? "right" : "wrong" }));
    const vnc = create({ onCredentialsRequired: ask, credentials: { username: "me" } });
    const states: string[] = [];
    vnc.on("state", ({ status }) => states.push(status));
    const first = nextSocket();
    const connecting = vnc.connect();
    const opened = await first;
    const second = nextSocket();
    await answer(opened, "refused");
    const socket = await second;
    await answer(socket, "accepted");
    await connecting;
    expect(ask.mock.calls.map(([types, { rejected }]) => [types, rejected])).toEqual([
      [["password"], false],
      [["password"], true],
    ]);
    expect(states).toEqual(["connecting", "reconnecting", "connecting", "connected"]);
    const third = nextSocket();
    socket.end(1006);
    await answer(await third, "accepted");
    await vnc.connect();
    expect(ask).toHaveBeenCalledTimes(2);
    await vnc.close();
  });

  test("that is given again ends the console instead", async () => {
    const ask = vi.fn<Ask>(async () => ({ password: "always the same" }));
    const vnc = create({ onCredentialsRequired: ask });
    const first = nextSocket();
    const connecting = vnc.connect();
    const opened = await first;
    const second = nextSocket();
    await answer(opened, "refused");
    await answer(await second, "refused");
    await expect(connecting).rejects.toMatchObject({
      closeInfo: { reason: "credentials_rejected", action: "stop", detail: expect.stringContaining("wrong password") },
    });
    expect(ask).toHaveBeenCalledTimes(2);
  });
});

test("a server that asks in two parts is answered with one question (security type 30)", async () => {
  const ask = vi.fn<Ask>(() => new Promise(() => {}));
  const vnc = create({ onCredentialsRequired: ask });
  const opened = nextSocket();
  vnc.connect().catch(() => {});
  const socket = await opened;
  await Promise.resolve();
  socket.accept();
  socket.session.hello(60_000);
  socket.deliver(ascii("RFB 003.889\n"));
  await vi.waitFor(() => expect(socket.sent.length).toBeGreaterThan(0));
  socket.deliver([4, 0x1e, 0x21, 0x24, 0x23]);
  await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(1));
  // Generator, length of the key, prime and public key.
  socket.deliver([0, 2, 0, 128, ...Array<number>(256).fill(7)]);
  await new Promise((resolve) => setTimeout(resolve));
  expect(ask).toHaveBeenCalledTimes(1);
  await vnc.close();
});

test("an answer without what was asked for ends the console", async () => {
  expect(await endAfter(ascii("RFB 003.008\n"), [1, 2], Array<number>(16).fill(1))).toMatchObject({
    reason: "credentials_rejected",
    detail: "the VNC server asks for password, but onCredentialsRequired gave no password",
  });
});

describe("what a server wants that the viewer does not have", () => {
  test("is said, and not tried again", async () => {
    expect(await endAfter(ascii("RFB 003.008\n"), [1, 18])).toMatchObject({
      reason: "server_unsupported",
      action: "stop",
      detail: "the VNC server wants a sign-in that noVNC does not support: TLS (18)",
    });
  });

  test("includes a palette", async () => {
    const format = [8, 8, 0, 0, 0, 7, 0, 7, 0, 3, 0, 3, 6, 0, 0, 0];
    const init = [0, 32, 0, 16, ...format, 0, 0, 0, 1, 0x78];
    const palette = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0];
    expect(await endAfter(ascii("RFB 003.008\n"), [1, 1], [0, 0, 0, 0], init, palette)).toMatchObject({
      reason: "server_unsupported",
      detail: "the VNC server draws with a palette, which noVNC does not support",
    });
  });

  test("includes 32 bits per pixel for a server that keeps to 16", async () => {
    vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "performance"] });
    try {
      const format = [16, 16, 0, 1, 0, 31, 0, 63, 0, 31, 11, 5, 0, 0, 0, 0];
      const init = [0, 32, 0, 16, ...format, 0, 0, 0, 1, 0x78];
      const picture = [0, 0, 0, 1, 0, 0, 0, 0, 0, 32, 0, 16, 0, 0, 0, 0, ...Array<number>(32 * 16 * 2).fill(9)];
      const end = endAfter(ascii("RFB 003.008\n"), [1, 1], [0, 0, 0, 0], init, picture);
      let ended: unknown;
      void end.then((info) => (ended = info));
      await vi.waitFor(() => expect(ended).toBeDefined());
      expect(ended).toMatchObject({
        reason: "server_unsupported",
        detail: expect.stringContaining("32 bits per pixel"),
      });
    } finally {
      vi.useRealTimers();
    }
  });
});

test("a refusal that comes right after the version is said, and not tried again", async () => {
  const text = ascii("no access from here");
  expect(await endAfter([...ascii("RFB 003.003\n"), 0, 0, 0, 0, 0, 0, 0, text.length, ...text])).toMatchObject({
    action: "stop",
    detail: "the VNC server refused the connection: no access from here",
  });
});
